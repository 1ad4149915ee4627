"""What happens to an index: it is lost, or an older one comes back."""

import shutil
from pathlib import Path

_NAMES = ("index.db", "index.db-wal", "index.db-shm")


def lose_index(folder: Path) -> None:
    """Take the index of a stopped workshop away."""
    for name in _NAMES:
        (folder / name).unlink(missing_ok=True)


def keep_index(folder: Path, copy: Path) -> None:
    """Copy the index of a stopped workshop."""
    copy.mkdir(exist_ok=True)
    for name in _NAMES:
        (copy / name).unlink(missing_ok=True)
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)


def bring_back(folder: Path, copy: Path) -> None:
    """Put the copy in place of the index."""
    lose_index(folder)
    for name in _NAMES:
        if (copy / name).exists():
            shutil.copyfile(copy / name, folder / name)
