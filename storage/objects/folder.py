"""A folder as an object store: each object is a file, and its key the path of the file."""

import errno
import os
import threading
import uuid
from collections import deque
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from storage.objects.disk import Disk
from storage.objects.file_range import read_range
from storage.objects.folder_locks import FolderLocks
from storage.objects.marker import require_store
from storage.objects.notes import FolderNotes
from storage.objects.store import MOST_KEYS, StoredObject, is_group, is_key, require_group, require_key
from storage.objects.walk import all_fit, walk

_INCOMING = ".incoming"
_FOUND = "lost+found"
"""The file system's own folder, where the store is a disk: nobody else may read it."""

_MOST_LASTING = 10_000


class FolderStore:
    """An `ObjectStore` under `root`, a folder that exists. Processes that share it have a name each, and put
    no key twice."""

    def __init__(self, root: Path, disk: Disk, writer: str = "") -> None:
        self.notes = FolderNotes(root, disk, writer)
        self._writer = writer
        self.locks = FolderLocks(root)
        self._root = root
        self._disk = disk
        self._naming = threading.Lock()
        self._lasting: set[Path] = set()
        self._left: deque[Path] = deque()

    def put(self, key: str, source: BinaryIO) -> None:
        target = self._path(key)
        require_store(self.notes)
        incoming_folder = self._root / _INCOMING
        incoming_folder.mkdir(exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        begins = f"{self._writer}." if self._writer else ""
        incoming = incoming_folder / f"{begins}{uuid.uuid4().hex}"
        try:
            there = target.exists()
            if not there:
                self._disk.share_or_copy(source, incoming)
                self._disk.sync(incoming)
                there = not self._name(incoming, target)
        finally:
            self._discard(incoming)
        self._make_last(target.parent)
        if there:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), key)

    def find(self, key: str) -> StoredObject | None:
        try:
            stat = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return StoredObject(stat.st_size, stat.st_mtime_ns) if S_ISREG(stat.st_mode) else None

    def read(self, key: str, offset: int, size: int, *, once: bool = False) -> bytes:
        return read_range(self._path(key), offset, size, once=once)

    def remove(self, key: str) -> bool:
        path = self._path(key)
        # A second name of a file keeps what is in it.
        while self._left:
            self._disk.remove(self._left[0])
            self._left.popleft()
        there = path.exists()
        self._disk.remove(path)
        if there:
            self._disk.sync(path.parent)
        return there

    def keys(self, prefix: str = "", *, after: str = "", most: int = MOST_KEYS) -> list[str]:
        return list(islice(walk(self._entries, prefix, after), most))

    def groups(self, prefix: str = "") -> list[str]:
        require_group(prefix)
        return [name for name in self._entries(prefix) if name.endswith("/")]

    def clear_incoming(self, writer: str | None = None) -> int:
        """Remove what a crash left half put: copies that nothing names. How many. At the start only.

        With `writer` only what that process left, which runs no more; "" stands for one without a name.
        """
        left = list((self._root / _INCOMING).glob("*"))
        if writer is not None:
            left = [path for path in left if path.name.rpartition(".")[0] == writer]
        for path in left:
            self._disk.remove(path)
        return len(left)

    def _path(self, key: str) -> Path:
        require_key(key)
        return self._root / key

    def _discard(self, incoming: Path) -> None:
        """Remove what was put or could not be. Where that fails it is done before anything is removed."""
        try:
            self._disk.remove(incoming)
        except OSError:
            self._left.append(incoming)
            raise

    def _name(self, incoming: Path, target: Path) -> bool:
        """Give what is whole its name; False where another has it."""
        with self._naming:
            if target.exists():
                return False
            self._disk.replace(incoming, target)
        return True

    def _make_last(self, folder: Path) -> None:
        """Make the names in a folder survive, and once its own: whoever made it may have crashed since."""
        self._disk.sync(folder)
        if folder in self._lasting:
            return
        for above in folder.parents:
            if not above.is_relative_to(self._root):
                break
            self._disk.sync(above)
        if len(self._lasting) >= _MOST_LASTING:
            self._lasting.clear()
        self._lasting.add(folder)

    def _entries(self, folder: str) -> list[str]:
        """The keys in a folder, and the folders in it with a "/" behind them, in the order of keys."""
        short = all_fit(folder)
        found = []
        try:
            with os.scandir(self._root / folder) as entries:
                for one in entries:
                    name = folder + one.name
                    if one.name.startswith("."):
                        continue
                    if one.name.endswith(".mp4"):
                        if (short or is_key(name)) and not one.is_dir():
                            found.append(name)
                    elif name != _FOUND and one.is_dir(follow_symlinks=False) and is_group(f"{name}/"):
                        found.append(f"{name}/")
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(found)
