"""The object store: a folder of finished segments, written once, removed once."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from shared.causes import cause_of
from shared.errors import Conflict, Unavailable
from shared.reasons import why
from storage.objects.disk import Disk
from storage.objects.small_file import write_small

_MARKER = ".beffroi-store"
_INCOMING = ".incoming"
_FOUND = "lost+found"
"""The file system's own folder, where the store is a disk: nobody else may read it."""


class FolderStore:
    """Objects by key under `root`. Blocking: call it in a thread.

    A marker file holds the store's own name, so that an unmounted disk is not taken for an empty store.
    """

    def __init__(self, root: Path, disk: Disk) -> None:
        self.root = root
        self._disk = disk

    def path(self, key: str) -> Path:
        """Where an object is or would be. Raises ValueError on a key that leaves the store."""
        path = self.root / key
        if ".." in path.parts or not key or key.startswith(("/", ".")):
            raise ValueError(f"{key!r} is not an object key")
        return path

    def name(self) -> str | None:
        """The store's own name, None where the folder is no store."""
        try:
            return (self.root / _MARKER).read_text().strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error

    def require(self) -> None:
        """Raise Unavailable where the folder is no store: what is written there would be lost with it."""
        if self.name() is None:
            raise Unavailable(
                why("store-unmarked", "the object store's folder has no marker: is its disk mounted?")
            )

    def found(self, name: str) -> None:
        """Make the folder a store of this name. Raises Unavailable."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            write_small(self._disk, self.root / _MARKER, name + "\n")
        except OSError as error:
            raise Unavailable(f"the object store cannot be made: {error.strerror}") from error

    def put(self, key: str, source: Path) -> None:
        """Store the bytes of a synced file under a key, whole or not at all, safe from a power cut.

        Raises OSError when the disk does, Conflict when the folder is no store.
        """
        if self.name() is None:
            raise Conflict(
                why("store-unmarked", "the object store's folder has no marker: is its disk mounted?")
            )
        target = self.path(key)
        incoming_folder = self.root / _INCOMING
        incoming_folder.mkdir(exist_ok=True)
        new_folders = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming = incoming_folder / uuid.uuid4().hex
        try:
            self._disk.link_or_copy(source, incoming)
            self._disk.sync(incoming)
            self._disk.replace(incoming, target)
        finally:
            self._disk.remove(incoming)
        for folder in {target.parent, *(folder.parent for folder in new_folders)}:
            self._disk.sync(folder)

    def holds(self, key: str) -> bool:
        """Whether there is an object of this key."""
        return self.path(key).exists()

    def remove(self, key: str) -> bool:
        """Remove an object for good; False when it was not there. Raises OSError."""
        path = self.path(key)
        there = path.exists()
        self._disk.remove(path)
        if there:
            self._disk.sync(path.parent)
        return there

    def keys(self) -> Iterator[str]:
        """Every object's key, in no promised order."""
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                if _is_object(name):
                    yield str((Path(folder) / name).relative_to(self.root))

    def clear_incoming(self) -> int:
        """Remove what a crash left half put: copies that nothing names. How many. At the start only."""
        left = list((self.root / _INCOMING).glob("*"))
        for path in left:
            self._disk.remove(path)
        return len(left)

    def is_empty(self) -> bool:
        return next(self.keys(), None) is None

    def folders(self) -> Iterator[str]:
        """Every folder that an object could lie in, the store's own among them. Raises OSError."""
        for folder, folders, _files in os.walk(self.root, onerror=_unless_gone):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != _FOUND)
            yield str(Path(folder).relative_to(self.root))

    def keys_in(self, folder: str) -> list[str]:
        """The keys of the objects in one folder, in order; none where it is gone. Raises OSError."""
        try:
            with os.scandir(self.root / folder) as entries:
                names = sorted(one.name for one in entries if _is_object(one.name) and not one.is_dir())
        except FileNotFoundError:
            return []
        return [str(Path(folder) / name) for name in names]

    def newest_keys(self) -> Iterator[str]:
        """The newest object of each stream, found without walking the whole store."""
        for stream_folder in self.root.glob("[0-9]*/*/*"):
            days = sorted((day for day in stream_folder.iterdir() if day.is_dir()), reverse=True)
            for day in days:
                names = [path.name for path in day.iterdir() if path.name.endswith(".mp4")]
                if names:
                    yield str((day / max(names)).relative_to(self.root))
                    break


def _is_object(name: str) -> bool:
    return name.endswith(".mp4") and not name.startswith(".")


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
