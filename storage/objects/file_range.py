"""Reads a range of a file."""

import os
from pathlib import Path


def read_range(path: Path, offset: int, size: int, *, once: bool = False) -> bytes:
    """`size` bytes from `offset`, fewer only at the end of the file. Raises OSError. Blocking.

    With `once` what was read does not push out of memory what others read.
    """
    if offset < 0 or size < 0:
        raise ValueError(f"{size} bytes from {offset} are no range")
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.pread(descriptor, size, offset)
        while len(data) < size and (more := os.pread(descriptor, size - len(data), offset + len(data))):
            data += more
        if once:
            os.posix_fadvise(descriptor, offset, size, os.POSIX_FADV_DONTNEED)
        return data
    finally:
        os.close(descriptor)
