"""Keeps folders for one process, for the life of its service."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from shared.clock import Clock
from shared.errors import Conflict
from shared.service import Service
from storage.objects.boot import since_boot
from storage.objects.folder_lock import FolderLock, locked


async def keep_folders(service: Service, folders: Sequence[Path], clock: Clock) -> list[FolderLock]:
    """Have the folders for the life of the service; it ends once somebody else has one. Raises Conflict."""
    taken = AsyncExitStack()
    locks = await taken.enter_async_context(locked(folders, clock, since_boot))
    service.on_stop(taken.aclose)
    keep(service, locks)
    return locks


def keep(service: Service, locks: Sequence[FolderLock]) -> None:
    """Look after locks that are had; the service ends once somebody else has one."""

    async def watch() -> None:
        try:
            await asyncio.gather(*(lock.keep() for lock in locks))
        except Conflict as error:
            service.fail(error)

    service.supervise("folders", watch)
