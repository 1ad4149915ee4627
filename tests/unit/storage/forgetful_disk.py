"""A disk that forgets at a power cut what was not synced."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from storage.objects.disk import RealDisk


class ForgetfulDisk(RealDisk):
    """What is done in `folders`, flat or not; `kept`, beside them, has what each file is until the cut.

    A file lasts as far as it was synced, its name where its folder was, and so does a name's end. After
    `calls` calls that change anything the power is gone: each fails.
    """

    def __init__(self, folders: Sequence[Path], kept: Path, calls: int | None = None) -> None:
        self._folders = folders
        self._kept = kept
        self._calls = calls
        self._sizes: dict[int, int] = {}
        self._names: dict[Path, int] = {}
        kept.mkdir()

    @property
    def is_off(self) -> bool:
        return self._calls == 0

    def go_off_after(self, calls: int) -> None:
        """So many more calls are done."""
        self._calls = calls

    def create(self, path: Path) -> int:
        self._call()
        descriptor = super().create(path)
        self._keep(path)
        return descriptor

    def write(self, descriptor: int, data: bytes | memoryview) -> None:
        self._call()
        super().write(descriptor, data)

    def sync(self, path: Path) -> None:
        self._call()
        if path.is_dir():
            self._sync_names(path)
        else:
            self._sizes[self._keep(path)] = path.stat().st_size

    def sync_all(self, folder: Path) -> None:
        self._call()
        for path in self._files():
            self._sizes[self._keep(path)] = path.stat().st_size
        for above in {*self._folders, *(path.parent for path in (*self._files(), *self._names))}:
            self._sync_names(above)

    def share_or_copy(self, source: BinaryIO, target: Path) -> None:
        self._call()
        super().share_or_copy(source, target)
        self._keep(target)

    def replace(self, source: Path, target: Path) -> None:
        self._call()
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._call()
        super().remove(path)

    def cut(self, *, torn: float = 0.0, zeros: bool = False) -> None:
        """The power goes and comes back: of what a file grew by since its sync so large a part is there, or
        as many zeros."""
        for path in self._files():
            path.unlink()
        for path, inode in self._names.items():
            data, lasting = (self._kept / str(inode)).read_bytes(), self._sizes.get(inode, 0)
            more = data[lasting : lasting + int(torn * (len(data) - lasting))]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data[:lasting] + (bytes(len(more)) if zeros else more))

    def _call(self) -> None:
        if self._calls is not None:
            if not self._calls:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._calls -= 1

    def _keep(self, path: Path) -> int:
        inode = path.stat().st_ino
        if not (self._kept / str(inode)).exists():
            os.link(path, self._kept / str(inode))
        return inode

    def _sync_names(self, folder: Path) -> None:
        for path in list(self._names):
            if path.parent == folder:
                del self._names[path]
        for path in folder.iterdir() if folder.exists() else ():
            if path.is_file():
                self._names[path] = self._keep(path)

    def _files(self) -> list[Path]:
        return [path for folder in self._folders for path in folder.rglob("*") if path.is_file()]
