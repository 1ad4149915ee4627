"""Small notes beside the objects: the store's own name, its generation, holds, the trusted time."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from storage.objects.disk import Disk


class Notes(Protocol):
    """Keeps a few bytes by name, and writes them whole or not at all. Every call blocks: make it in a thread.

    A name begins with "." and has at most one "/", so that it is no object's key; another raises ValueError.
    Each name has one writer a process. Every call may raise OSError.
    """

    def write(self, name: str, data: bytes) -> None:
        """Put `data` in place of what the note said; on return it survives a power cut."""
        ...

    def make(self, name: str, data: bytes) -> bytes:
        """Write a note where there is none; what it says then, whoever else makes it at the same time."""
        ...

    def read(self, name: str) -> bytes | None:
        """What a note says, None where there is none."""
        ...

    def remove(self, name: str) -> None:
        """Remove a note for good; one that is not there is no error."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names of the notes in `folder`, which begins with ".", in order."""
        ...


class FolderNotes:
    """Notes as files of a folder that exists; a note's own folder is made with its first note.

    `writer` tells processes apart that write the same names.
    """

    def __init__(self, root: Path, disk: Disk, writer: str = "") -> None:
        self._root = root
        self._disk = disk
        self._incoming = f".{writer}.tmp" if writer else ".tmp"

    def write(self, name: str, data: bytes) -> None:
        path = self._placed(name)
        incoming = path.with_name(f"{path.name}{self._incoming}")
        incoming.write_bytes(data)
        self._disk.sync(incoming)
        self._disk.replace(incoming, path)
        self._disk.sync(path.parent)

    def make(self, name: str, data: bytes) -> bytes:
        path = self._placed(name)
        make_file(path, path.with_name(f"{path.name}{self._incoming}"), data, self._disk)
        return path.read_bytes()

    def read(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        path = self._path(name)
        if path.exists():
            self._disk.remove(path)
            self._disk.sync(path.parent)

    def names(self, folder: str) -> list[str]:
        require_note(folder)
        found = (self._root / folder).glob("*")
        return sorted(f"{folder}/{path.name}" for path in found if path.suffix != ".tmp")

    def _placed(self, name: str) -> Path:
        """The path of a note that is to be written: its folder is there, lasting."""
        path = self._path(name)
        if path.parent != self._root and not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            self._disk.sync(self._root)
        return path

    def _path(self, name: str) -> Path:
        require_note(name)
        return self._root / name


def make_file(path: Path, incoming: Path, data: bytes, disk: Disk) -> None:
    """Make a file by way of another one, lasting and its owner's alone, where there is none.

    One that is there stays. Raises OSError. Blocking.
    """
    disk.remove(incoming)
    try:
        incoming.touch(0o600)
        incoming.write_bytes(data)
        disk.sync(incoming)
        with suppress(FileExistsError):
            os.link(incoming, path)
    finally:
        disk.remove(incoming)
    disk.sync(path.parent)


def require_note(name: str) -> None:
    """Raise ValueError where a text is no note's name."""
    first, *rest = name.split("/")
    plain = all(part and part not in (".", "..") for part in (first, *rest))
    if not first.startswith(".") or not plain or len(rest) > 1 or "\0" in name or name.endswith(".tmp"):
        raise ValueError(f"{name!r} is not the name of a note")
