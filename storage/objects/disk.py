"""The disk as a port, so that a full or failing one can be tried."""

import ctypes
import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO, Protocol

_CHUNK = 1 << 20
# Python has no name for `syncfs`, which tells of errors as `fsync` does and waits for one disk alone.
_LIBC = ctypes.CDLL(None, use_errno=True)


class Disk(Protocol):
    """What storage does to disks. Every call may raise OSError."""

    def create(self, path: Path) -> int:
        """A descriptor of a new file open for writing; the file must not be there yet."""
        ...

    def write(self, descriptor: int, data: bytes | memoryview) -> None:
        """Write all of `data` at the end."""
        ...

    def truncate(self, descriptor: int, size: int) -> None: ...

    def sync(self, path: Path) -> None:
        """Make a file or a folder's entries survive a power cut."""
        ...

    def sync_all(self, folder: Path) -> None:
        """Make all that was done in the file system of a folder survive a power cut, at one go."""
        ...

    def close(self, descriptor: int) -> None: ...

    def share_or_copy(self, source: BinaryIO, target: Path) -> None:
        """Make `target` a new file of what `source` gives, sharing the bytes where one disk has both."""
        ...

    def replace(self, source: Path, target: Path) -> None: ...

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is no error."""
        ...

    def free_bytes(self, path: Path) -> int: ...


class RealDisk:
    """The machine's disks."""

    def create(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)

    def write(self, descriptor: int, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]

    def truncate(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)

    def sync(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_all(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if _LIBC.syncfs(descriptor):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(folder))
        finally:
            os.close(descriptor)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def share_or_copy(self, source: BinaryIO, target: Path) -> None:
        try:
            _share(source, target)
        except OSError:
            # No file, another file system, or one without hard links: the copy says what is really wrong.
            with target.open("xb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK)

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def free_bytes(self, path: Path) -> int:
        return shutil.disk_usage(path).free


def _share(source: BinaryIO, target: Path) -> None:
    """Give an opened file a second name. Raises OSError where that cannot be."""
    if source.tell():
        raise OSError(errno.EINVAL, "part of a file cannot be shared")
    descriptor = source.fileno()
    # The folder's descriptor has no meaning for a path from the root: naming one makes the link be followed.
    os.link(f"/proc/self/fd/{descriptor}", target, src_dir_fd=descriptor, follow_symlinks=True)
