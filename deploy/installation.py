"""Takes hold of an installation's folder, if the disk has room and nobody else holds it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import Conflict, Unavailable
from shared.private import close_to_others, private_folder

NEEDED_BYTES = 1 << 30
# Of recordings there may be millions; nobody gets at them through a folder that is closed.
_FOOTAGE = frozenset({"objects"})


@contextmanager
def held(data_dir: Path, url: str) -> Iterator[None]:
    """Hold the folder while the body runs.

    Raises Conflict when it is held already, Unavailable when it cannot be used. The lock
    dies with the process, so a killed start leaves nothing to clean.
    """
    try:
        private_folder(data_dir)
        refuse_full_disk(data_dir)
        lock = os.open(data_dir / "running", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(f"{data_dir} cannot be used: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(lock, 200).decode(errors="replace").strip()
            raise Conflict(f"Beffroi already runs in {data_dir} ({holder}): stop it first") from error
        close_to_others(data_dir, unread=_FOOTAGE)
        os.ftruncate(lock, 0)
        os.write(lock, f"process {os.getpid()}, {url}".encode())
        yield
    finally:
        os.close(lock)


def refuse_full_disk(folder: Path, needed_bytes: int = NEEDED_BYTES) -> None:
    """Raise Unavailable when the folder's disk has less than `needed_bytes` left."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise Unavailable(
            f"the disk of {folder} is full: {free >> 20} MB are free, "
            f"and recording needs {needed_bytes >> 20} MB at least"
        )
