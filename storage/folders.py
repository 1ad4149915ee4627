"""Makes the folders that storage works in, and has them for the life of the service."""

from contextlib import AsyncExitStack
from pathlib import Path

from shared.clock import Clock
from shared.errors import BeffroiError, Unavailable
from shared.private import close_to_others, private_folder
from shared.service import Service
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome
from storage.objects.folder_lock import FolderLock, locked
from storage.objects.keeping import keep
from storage.recording.spool_folders import SpoolFolders
from storage.settings import StorageSettings


def make_folders(settings: StorageSettings, folders: SpoolFolders) -> None:
    """Make them, closed to others. Raises Unavailable."""
    objects = () if settings.s3_url else (settings.objects,)
    for folder in (settings.spool, folders.own, *objects, settings.exports):
        try:
            private_folder(folder)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error
    for folder in (settings.spool, settings.exports):
        close_to_others(folder)


async def lock_folders(
    service: Service,
    settings: StorageSettings,
    folders: SpoolFolders,
    home: StoreHome,
    clock: Clock,
    family: str,
) -> list[FolderLock]:
    """Have the folders for the life of the service; it ends once somebody else has one.

    Where several processes share them each has its own spool to itself.
    """
    taken = AsyncExitStack()
    shared = (settings.spool, *home.folders, settings.exports)
    locks = await taken.enter_async_context(locked(shared, clock, since_boot, family))
    if family:
        try:
            locks += await taken.enter_async_context(locked([folders.own], clock, since_boot, patient=True))
        except BeffroiError:
            await taken.aclose()
            raise
    service.on_stop(taken.aclose)
    keep(service, locks)
    return locks


def measured(settings: StorageSettings, home: StoreHome) -> dict[str, Path]:
    """Those whose disks are measured, by name."""
    folders = {"spool": settings.spool}
    return folders if home.lease is not None else {**folders, "objects": settings.objects}
