"""What this system keeps is its own: folders nobody else enters, files nobody else reads."""

import os
import stat
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
_OTHERS = 0o077


def private_from_now_on() -> None:
    """Give whatever this process and its children make to their owner alone."""
    os.umask(UMASK)


def private_folder(folder: Path) -> None:
    """Make a folder, or close one that others could enter. Raises OSError where it cannot be made.

    One of another owner stays as it is: `beffroi doctor` names what others may read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _close(folder)


def close_to_others(folder: Path, *, unread: frozenset[str] = frozenset()) -> None:
    """Take from everybody else what they may do with a folder and all in it; links are not followed.

    Folders named in `unread` are closed and not looked into: there may be millions of files in them.
    """
    if not folder.is_dir():
        return
    _close(folder)
    for found, folders, files in os.walk(folder):
        place = Path(found)
        for name in (*folders, *files):
            _close(place / name)
        folders[:] = [name for name in folders if name not in unread]


def private_database(file: Path) -> None:
    """Make the folder of an SQLite database as `private_folder` does, and close the files that are there.

    Raises OSError where the folder cannot be made.
    """
    private_folder(file.parent)
    for beside in ("", "-wal", "-shm", "-journal"):
        _close(file.with_name(file.name + beside))


def private_file(file: Path) -> None:
    """Close a file that others could read; one of another owner stays as it is."""
    _close(file)


def _close(path: Path) -> None:
    # What goes away meanwhile or is another's is not ours to close; a folder for all is nobody's.
    with suppress(FileNotFoundError, PermissionError):
        mode = path.lstat().st_mode
        if mode & _OTHERS and not mode & stat.S_ISVTX and not stat.S_ISLNK(mode):
            path.chmod(mode & 0o7777 & ~_OTHERS)
