"""Locks of files: the file system's immutable flag where this process may set it, else the mode alone."""

import errno
import fcntl
import os
import struct
import threading
import uuid
from pathlib import Path

from storage.objects.locks import LockKind
from storage.objects.store import require_key

# ioctl_iflags(2); the argument of both is a C int, whatever their number says.
_GET_FLAGS = 0x80086601
_SET_FLAGS = 0x40086602
_IMMUTABLE = 0x00000010
_UNLOCKED = 0o640
_LOCKED = 0o440
_NOT_HERE = (errno.EPERM, errno.EACCES, errno.ENOTTY, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class FolderLocks:
    """Locks of the files under `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kind: LockKind | None = None
        self._turn = threading.Lock()

    def kind(self) -> LockKind:
        with self._turn:
            if self._kind is None:
                self._kind = self._tried()
            return self._kind

    def lock(self, key: str) -> None:
        path = self._path(key)
        if self.kind() is LockKind.IMMUTABLE:
            _flag(path, on=True)
        else:
            path.chmod(_LOCKED)

    def unlock(self, key: str) -> None:
        path = self._path(key)
        if self.kind() is LockKind.IMMUTABLE:
            _flag(path, on=False)
        path.chmod(_UNLOCKED)

    def locked(self, key: str) -> bool:
        path = self._path(key)
        if self.kind() is LockKind.IMMUTABLE:
            return _is_flagged(path)
        return not path.stat().st_mode & 0o200

    def _path(self, key: str) -> Path:
        require_key(key)
        return self._root / key

    def _tried(self) -> LockKind:
        """Found out with a file of its own: it takes a right, and a file system that has the flag."""
        probe = self._root / f".beffroi-lock-probe-{uuid.uuid4().hex}"
        probe.touch(0o600)
        try:
            _flag(probe, on=True)
            _flag(probe, on=False)
            return LockKind.IMMUTABLE
        except OSError as error:
            if error.errno in _NOT_HERE:
                return LockKind.READ_ONLY
            raise
        finally:
            probe.unlink()


def _flag(path: Path, *, on: bool) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        flags = _flags(descriptor)
        wanted = flags | _IMMUTABLE if on else flags & ~_IMMUTABLE
        if wanted != flags:
            fcntl.ioctl(descriptor, _SET_FLAGS, struct.pack("i", wanted))
    finally:
        os.close(descriptor)


def _is_flagged(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return bool(_flags(descriptor) & _IMMUTABLE)
    finally:
        os.close(descriptor)


def _flags(descriptor: int) -> int:
    found: int = struct.unpack("i", fcntl.ioctl(descriptor, _GET_FLAGS, struct.pack("i", 0)))[0]
    return found
