"""What cannot be read in the spool, set aside for a person to look at."""

import os
import threading
from pathlib import Path

from shared.log import get_logger
from storage.metrics import QuarantineMetrics
from storage.objects.disk import Disk

FOLDER = "unreadable"
MAX_FILES = 1000
MAX_BYTES = 1 << 30
_CHUNK = 1 << 20


class Quarantine:
    """A folder in the spool with at most `max_files` and `max_bytes`. Blocking, but for `health`.

    Nothing is thrown out of it to make room: what does not fit stays in the spool as it is. Either way it
    may be footage, and dies when that must (`LeftOvers`).
    """

    def __init__(
        self,
        spool: Path,
        disk: Disk,
        metrics: QuarantineMetrics,
        *,
        max_files: int = MAX_FILES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.folder = spool / FOLDER
        self._disk = disk
        self._metrics = metrics
        self._max_files = max_files
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._health: str | None = None
        self._log = get_logger("storage")
        self.count()

    def take(self, path: Path, reason: str) -> bool:
        """Set a whole file aside; False where there is no room. Raises OSError."""
        with self._lock:
            if not self._has_room(path, path.stat().st_size, reason):
                return False
            self.folder.mkdir(exist_ok=True)
            self._disk.replace(path, self.folder / path.name)
            self._disk.sync(self.folder)
            self._told(path, reason)
        return True

    def take_tail(self, path: Path, at: int, reason: str, *, head: bytes = b"") -> bool:
        """Set a copy of all behind `at` aside, with `head` in front of it; False where there is no room.

        Raises OSError. Repeatable.
        """
        with self._lock:
            if not self._has_room(path, path.stat().st_size - at, reason):
                return False
            self.folder.mkdir(exist_ok=True)
            target = self.folder / f"{path.name}.from-{at}"
            incoming = target.with_name(f"{target.name}.part")
            with path.open("rb") as source, incoming.open("wb") as copy:
                copy.write(head)
                source.seek(at)
                while chunk := source.read(_CHUNK):
                    copy.write(chunk)
            # The file's own instant: when its footage ended.
            stat = path.stat()
            os.utime(incoming, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            self._disk.sync(incoming)
            self._disk.replace(incoming, target)
            self._disk.sync(self.folder)
            self._told(path, reason)
        return True

    def files(self) -> list[Path]:
        """What is set aside."""
        return sorted(self.folder.iterdir()) if self.folder.exists() else []

    def count(self) -> tuple[int, int]:
        """How many files and bytes are set aside, told to metrics and health too."""
        files = self.files()
        size = sum(path.stat().st_size for path in files)
        self._metrics.files.set(len(files))
        self._metrics.bytes.set(size)
        self._health = None
        if files:
            self._health = f"{len(files)} files of the spool cannot be read: see {self.folder}"
        return len(files), size

    def health(self) -> str | None:
        """What a person should look at."""
        return self._health

    def _has_room(self, path: Path, size: int, reason: str) -> bool:
        files, taken = self.count()
        fits = files < self._max_files and taken + size <= self._max_bytes
        if not fits:
            self._metrics.left.inc()
            self._log.error("spool-file-unreadable", file=path.name, reason=reason, set_aside=False)
        return fits

    def _told(self, path: Path, reason: str) -> None:
        self._metrics.taken.inc()
        self._log.error("spool-file-unreadable", file=path.name, reason=reason, set_aside=True)
        self.count()
