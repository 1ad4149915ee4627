"""Takes over what a process that died left in its spool, where this machine's kernel says that it did."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.clock import Clock
from shared.log import get_logger
from storage.metrics import SharingMetrics
from storage.model.segment import key_of_spool_name
from storage.objects.folder_lock import LOCK_FILE
from storage.recording.quarantine import FOLDER
from storage.recording.spool import Spool
from storage.recording.spool_folders import SpoolFolders

_EVERY_S = 2.0


class Adoption:
    """Files are moved, each by one rename: a crash leaves each in one spool or the other.

    A process holds the kernel's lock of its own spool for its life; while this one has that lock the other
    cannot be running. Files that a storage without a name left are taken too: none can run beside this one.
    """

    def __init__(
        self,
        spool: Spool,
        folders: SpoolFolders,
        clock: Clock,
        metrics: SharingMetrics,
        *,
        take: Callable[[str], None],
        clear: Callable[[str], int],
    ) -> None:
        """`take` is given the key of each file that is in this spool now, `clear` the name of each process
        that died, to remove what it left half put in the store."""
        self._spool = spool
        self._folders = folders
        self._clock = clock
        self._metrics = metrics
        self._take = take
        self._clear = clear
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Look for ever. Raises OSError."""
        while True:
            await self.once()
            await self._clock.sleep(_EVERY_S)

    async def once(self) -> int:
        """Take what is left; how many files. Raises OSError."""
        taken = 0
        for folder in await asyncio.to_thread(self._folders.others):
            keys = await asyncio.to_thread(self._adopt, folder)
            for key in keys:
                self._take(key)
            if keys:
                self._log.warning("spool-adopted", process=self._folders.name_of(folder), files=len(keys))
                self._metrics.adopted.inc(len(keys))
            taken += len(keys)
        return taken

    def is_dead(self, name: str) -> bool:
        """Whether a process is known not to run; False where that cannot be told. Blocking."""
        folder = SpoolFolders(self._folders.root, name).own
        if folder in (self._spool.folder, self._folders.root):
            return True
        try:
            with _taken(folder) as free:
                return free
        except OSError:
            return False

    def _adopt(self, folder: Path) -> list[str]:
        name = self._folders.name_of(folder)
        left = [*folder.glob("*.mp4"), *(folder / FOLDER).glob("*")]
        if not left:
            return []
        if folder == self._folders.root:
            self._clear(name)
            return self._moved(folder)
        with _taken(folder) as free:
            if not free:
                return []
            self._clear(name)
            return self._moved(folder)

    def _moved(self, folder: Path) -> list[str]:
        own, disk = self._spool.folder, self._spool.disk
        aside = sorted((folder / FOLDER).glob("*"))
        if aside:
            (own / FOLDER).mkdir(exist_ok=True)
        moves = [(path, own / FOLDER / path.name) for path in aside]
        segments = [(path, own / path.name) for path in sorted(folder.glob("*.mp4"))]
        keys = []
        for source, target in [*moves, *segments]:
            # One of this name, were there any, would be another's footage: it stays where it is.
            with suppress(FileNotFoundError):
                if not target.exists():
                    disk.replace(source, target)
                    keys += [key_of_spool_name(target.name)] if target.parent == own else []
        disk.sync(own)
        disk.sync(folder)
        if aside:
            disk.sync(own / FOLDER)
        return keys


@contextmanager
def _taken(folder: Path) -> Iterator[bool]:
    """Hold the lock of a spool, as far as nobody has it. Raises OSError."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
