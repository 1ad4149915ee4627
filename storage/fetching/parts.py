"""Files that are coming in from edges: in a folder of the spool, named as the segments they will be."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.model.segment import spool_name
from storage.objects.disk import Disk
from storage.recording.left_files import ARRIVING

MOST_PARTS = 128
_SUFFIX = ".part"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is not whole. `name` is as in the spool; its last byte was written at `written_ns`."""

    name: str
    written_ns: int


class Parts:
    """Every call blocks, and may raise OSError. What a crash leaves is gone on with: nothing but the hash of
    the whole says that a part is right."""

    def __init__(self, spool: Path, disk: Disk) -> None:
        self.folder = spool / ARRIVING
        self._spool = spool
        self._disk = disk

    def path(self, key: str) -> Path:
        return self.folder / (spool_name(key) + _SUFFIX)

    def size(self, key: str) -> int:
        """How much of a segment is here."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, key: str, offset: int, data: bytes) -> int:
        """Write behind what is here, where that ends at `offset`; the size then."""
        size = self.size(key)
        if size != offset:
            return size
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with self.path(key).open("ab") as file:
            file.write(data)
        return size + len(data)

    def has_digest(self, key: str, sha256: str) -> bool:
        """Whether the whole file has that hash."""
        digest = hashlib.sha256()
        with self.path(key).open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == sha256

    def move(self, key: str) -> None:
        """Make a whole part a closed file of the spool, which lasts before this returns."""
        self._disk.sync(self.path(key))
        self._disk.replace(self.path(key), self._spool / spool_name(key))
        self._disk.sync(self._spool)

    def remove(self, key: str) -> None:
        """Remove a part; one that is not there is no error."""
        self._disk.remove(self.path(key))

    def remove_named(self, name: str) -> None:
        """The same by the name of `all`."""
        self._disk.remove(self.folder / (name + _SUFFIX))

    def all(self) -> Sequence[Part]:
        """What is here, idle for longest first."""
        found: list[Part] = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append(Part(path.name.removesuffix(_SUFFIX), status.st_mtime_ns))
        return sorted(found, key=lambda part: part.written_ns)

    def free_bytes(self) -> int:
        return self._disk.free_bytes(self._spool)
