"""Folders and files as an older installation, or a hand, may have left them; and who may read them."""

import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_to_others(folder: Path) -> None:
    """Let everybody enter and read a folder and all in it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def readable_by_others(folder: Path) -> list[str]:
    """What others than the owner may read or enter, below a folder, itself included."""
    found = (folder, *folder.rglob("*"))
    return sorted(str(path.relative_to(folder)) for path in found if path.stat().st_mode & _OTHERS)
