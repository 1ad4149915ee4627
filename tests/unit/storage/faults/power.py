"""What disks have after a power cut: what was synced, under the names whose folders were."""

import os
from collections.abc import Sequence
from pathlib import Path


class PowerLine:
    """Looks at what is done in `folders`; `kept`, beside them, has what each file is until the cut.

    A file lasts as far as it was synced, a name where its folder was synced since, so does a name's end, and
    a folder where the one above was.
    """

    def __init__(self, folders: Sequence[Path], kept: Path) -> None:
        self._folders = folders
        self._kept = kept
        self._sizes: dict[int, int] = {}
        self._names: dict[Path, int] = {}
        self._lasting = set(folders)
        kept.mkdir()
        self.sync_all()

    def created(self, path: Path) -> None:
        self._keep(path)

    def synced(self, path: Path) -> None:
        if path.is_dir():
            self._sync_names(path)
        else:
            self._sizes[self._keep(path)] = path.stat().st_size

    def sync_all(self, disk: Path | None = None) -> None:
        """All of one folder of those, which may each be a disk of its own; of each at the beginning."""
        disks = self._folders if disk is None else [disk]
        for path in self._files(disks):
            self._sizes[self._keep(path)] = path.stat().st_size
        below = [path for folder in disks for path in folder.rglob("*") if path.is_dir()]
        known = [path.parent for path in self._names if any(path.is_relative_to(one) for one in disks)]
        for folder in {*disks, *below, *known}:
            self._sync_names(folder)

    def cut(self, *, torn: float, zeros: bool) -> None:
        """Of what a file grew by since its sync so large a part is there, or as many zeros."""
        for path in self._files(self._folders):
            path.unlink()
        for path, inode in self._names.items():
            if not self._is_reached(path.parent):
                continue
            data, lasting = (self._kept / str(inode)).read_bytes(), self._sizes.get(inode, 0)
            more = data[lasting : lasting + int(torn * (len(data) - lasting))]
            path.write_bytes(data[:lasting] + (bytes(len(more)) if zeros else more))

    def _is_reached(self, folder: Path) -> bool:
        while folder not in self._folders:
            if folder not in self._lasting:
                return False
            folder = folder.parent
        return True

    def _keep(self, path: Path) -> int:
        inode = path.stat().st_ino
        if not (self._kept / str(inode)).exists():
            os.link(path, self._kept / str(inode))
        return inode

    def _sync_names(self, folder: Path) -> None:
        for path in [path for path in self._names if path.parent == folder]:
            del self._names[path]
        for path in folder.iterdir() if folder.exists() else ():
            if path.is_dir():
                self._lasting.add(path)
            else:
                self._names[path] = self._keep(path)

    def _files(self, folders: Sequence[Path]) -> list[Path]:
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
