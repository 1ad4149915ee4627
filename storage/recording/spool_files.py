"""Reads the files of the spool, growing or closed, sealed or in the clear. Every call blocks."""

import io
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from storage.model.segment import key_of_spool_name
from storage.objects.file_range import read_range
from storage.objects.sealing.envelope import Key
from storage.objects.sealing.faults import KeyAway
from storage.objects.sealing.growing import MAGIC, Growing, is_sealed
from storage.recording.spool_file import SealedFile, SpoolFile
from storage.recording.spool_keys import SpoolKeys

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MOST_KNOWN = 256
_BUFFER_BYTES = 1 << 20


class SpoolFiles:
    """A path is that of a file in the spool: its name tells whose it is. Without `keys` nothing is sealed,
    and what is cannot be read."""

    def __init__(self, keys: SpoolKeys | None) -> None:
        self._keys = keys
        self._turn = Lock()
        self._known: OrderedDict[tuple[str, int], tuple[Lock, SealedFile]] = OrderedDict()

    def sealing(self, key: str) -> Growing | None:
        """What seals the file of a segment that begins; None where it is written in the clear."""
        return None if self._keys is None else self._keys.sealing(key)

    def read(self, path: Path, offset: int, size: int) -> bytes:
        """A range of what was recorded, fewer bytes only at its end now. Raises OSError."""
        with _descriptor(path) as descriptor:
            if not is_sealed(os.pread(descriptor, len(MAGIC), 0)):
                return read_range(path, offset, size)
            turn, file = self._of(path, descriptor)
            with turn:
                if offset + size > file.size:
                    file.find(descriptor)
                return file.read(descriptor, offset, size)

    def size(self, path: Path) -> int:
        """How much of a file can be read now. Raises OSError."""
        with _descriptor(path) as descriptor:
            if not is_sealed(os.pread(descriptor, len(MAGIC), 0)):
                return os.fstat(descriptor).st_size
            turn, file = self._of(path, descriptor)
            with turn:
                file.find(descriptor)
                return file.size

    @contextmanager
    def opened(self, path: Path) -> Iterator[SpoolFile]:
        """A file that nobody writes to, each byte of it held to its seal. Raises OSError."""
        with _descriptor(path) as descriptor:
            if is_sealed(os.pread(descriptor, len(MAGIC), 0)):
                yield self._sealed(path).whole(descriptor)
            else:
                yield SpoolFile(os.fstat(descriptor).st_size, lambda at, size: os.pread(descriptor, size, at))

    def open(self, path: Path) -> BinaryIO:
        """A file to be read from its beginning to its end as it is now. Raises OSError."""
        with path.open("rb") as file:
            if not is_sealed(file.read(len(MAGIC))):
                return path.open("rb")
        return io.BufferedReader(_Clear(self, path, self.size(path)), _BUFFER_BYTES)

    def salvaged(self, path: Path) -> Iterator[bytes]:
        """What can be read of a file that was set aside, whole or in part. Raises OSError."""
        with _descriptor(path) as descriptor:
            if is_sealed(os.pread(descriptor, len(MAGIC), 0)):
                yield from self._sealed(path).salvaged(descriptor)
                return
            at = 0
            while chunk := os.pread(descriptor, _BUFFER_BYTES, at):
                yield chunk
                at += len(chunk)

    def cut(self, path: Path, stored: int) -> None:
        """Cut a file that nobody writes to. Raises OSError."""
        os.truncate(path, stored)
        with self._turn:
            for known in [one for one in self._known if one[0] == path.name]:
                del self._known[known]

    def _of(self, path: Path, descriptor: int) -> tuple[Lock, SealedFile]:
        stat = os.fstat(descriptor)
        # A file made anew under the same name is another one.
        known = (path.name, stat.st_ino)
        with self._turn:
            found = self._known.get(known)
            if found is None or found[1].end > stat.st_size:
                found = self._known[known] = (Lock(), self._sealed(path))
            self._known.move_to_end(known)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
            return found

    def _sealed(self, path: Path) -> SealedFile:
        # A part that was set aside has the name of its file in front.
        key, keys = key_of_spool_name(f"{path.name.partition('.mp4')[0]}.mp4"), self._keys

        def opening() -> tuple[Key, ...]:
            if keys is None:
                raise KeyAway(f"the recording {key} cannot be opened: no folder of footage keys is set")
            return keys.opening(key)

        return SealedFile(key, opening, "" if keys is None else keys.folder())


class _Clear(io.RawIOBase):
    """Reads as what was recorded."""

    def __init__(self, files: SpoolFiles, path: Path, size: int) -> None:
        self._files = files
        self._path = path
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        most = min(len(target), self._size - self._at)
        data = self._files.read(self._path, self._at, most) if most > 0 else b""
        target[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def _descriptor(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
