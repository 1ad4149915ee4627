"""What an operator runs while storage is stopped: reindexing, scrubbing, keys, a departure."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.clock import SystemClock
from shared.errors import Conflict, Unavailable
from shared.evidence.signature import EvidenceKey
from shared.ids import StreamId
from shared.private import private_folder
from shared.spans import Span
from storage.exports.safe import KEY
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.compose import compose_scrub
from storage.lifecycle.departure import Departed, Departure, Sealed
from storage.lifecycle.departure_grounds import refuse_waiting
from storage.lifecycle.reindex import Reindexed, reindex
from storage.lifecycle.scrub import Found, scrubbed
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome, departure_home, store_home
from storage.objects.disk import RealDisk
from storage.objects.folder_lock import locked
from storage.objects.notes import FolderNotes
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.scope import CENTRE
from storage.recording.spool import Spool
from storage.recording.spool_files import SpoolFiles
from storage.recording.spool_folders import SpoolFolders
from storage.recording.spool_keys import SpoolKeys
from storage.settings import ArchiveSettings, StorageSettings

if TYPE_CHECKING:
    from storage.objects.s3_lease import S3Lease


@asynccontextmanager
async def _alone(settings: ArchiveSettings) -> AsyncIterator[Archive]:
    """The archive, with the folders locked. Raises Conflict where a storage runs."""
    async with _at_home(settings) as (_, archive):
        yield archive


@asynccontextmanager
async def _at_home(settings: ArchiveSettings) -> AsyncIterator[tuple[StoreHome, Archive]]:
    clock, disk = SystemClock(), RealDisk()
    settings.spool.mkdir(parents=True, exist_ok=True)
    home = store_home(settings, disk, clock, since_boot)
    folders = (settings.spool, *home.folders)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    async with locked(folders, clock, since_boot), _taken(home.lease):
        keys = None if home.keys is None else SpoolKeys(home.keys, FolderNotes(settings.spool, disk))
        others = SpoolFolders(settings.spool, "").others
        spool = Spool(settings.spool, disk, [], clock, others=others, keys=keys)
        archive = await open_archive(settings.index_url, home.store, spool)
        try:
            yield home, archive
        finally:
            await archive.database.close()


@asynccontextmanager
async def _taken(lease: "S3Lease | None") -> AsyncIterator[None]:
    if lease is None:
        yield
        return
    await lease.take()
    keeping = asyncio.create_task(lease.keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await asyncio.to_thread(lease.release)


async def rebuild_index(settings: ArchiveSettings) -> Reindexed:
    """What `python -m storage reindex` and `beffroi storage rebuild` do."""
    async with _alone(settings) as archive:
        return await reindex(archive, SystemClock().utc_ns())


async def prove_destruction(settings: ArchiveSettings, stream: StreamId, span: Span) -> bytes:
    """What `python -m storage proof` does: the file that `beffroi verify destruction` reads.

    Raises NotFound where nothing is signed yet.
    """
    async with _alone(settings) as archive:
        return (await archive.proofs.destruction(stream, span)).written()


async def prove_capture(settings: ArchiveSettings, key: str) -> bytes:
    """What `python -m storage capture` does: a file of JSON for whoever has one recording in hand.

    Raises NotFound where no head has it.
    """
    async with _alone(settings) as archive:
        return json.dumps((await archive.proofs.proof_of(key)).told()).encode() + b"\n"


async def scrub_all(settings: ArchiveSettings, *, repair: bool) -> tuple[Found, Reindexed | None]:
    """What `python -m storage scrub` and `beffroi storage fsck` do: look at everything once, at full speed;
    then repair the index."""
    async with _alone(settings) as archive:
        scrub = compose_scrub(archive, SystemClock(), bytes_per_s=sys.maxsize)
        found = await scrubbed(scrub)
        if not repair:
            return found, None
        return found, await reindex(archive, SystemClock().utc_ns())


async def rewrap_keys(settings: StorageSettings, commune: str) -> int:
    """What `python -m storage rewrap` does: a new key for a commune; how many data keys got new envelopes.

    Raises Unavailable where the old key is not to be had, Conflict while it is still needed.
    """
    async with _at_home(settings) as (home, archive):
        if home.keys is None:
            raise Unavailable("no folder of footage keys is set: BEFFROI_FOOTAGE_KEY_DIR")
        await refuse_waiting(archive, commune)
        if commune == CENTRE and any(settings.exports.glob(f"*{KEY}")):
            raise Conflict("packages wait to be collected, which the centre's key opens: ask again later")
        with _worded():
            return await asyncio.to_thread(home.keys.rewrap, commune)


def unseal(settings: ArchiveSettings, path: Path) -> Iterator[bytes]:
    """What `python -m storage unseal` does: what can be read of a file that was set aside from the spool.

    Raises Unavailable where the commune's key is not to be had.
    """
    disk, folder, keys = RealDisk(), settings.footage_key_dir, None
    if folder is not None:
        notes = FolderNotes(settings.spool, disk)
        keys = SpoolKeys(DataKeys(notes, CommuneKeys(folder, disk)), notes)
    with _worded():
        yield from SpoolFiles(keys).salvaged(path)


async def hand_over(settings: StorageSettings, commune: str, folder: Path) -> Departed:
    """What `python -m storage depart COMMUNE --to FOLDER` does. Raises BeffroiError."""
    async with _departure(settings, folder) as departure:
        return await departure.hand_over(commune)


async def erase(settings: StorageSettings, commune: str, folder: Path) -> Path:
    """What the same with `--erase` does: the proof. Raises BeffroiError."""
    async with _departure(settings, folder) as departure:
        return await departure.erase(commune)


@asynccontextmanager
async def _departure(settings: StorageSettings, folder: Path) -> AsyncIterator[Departure]:
    disk = RealDisk()
    with _worded():
        evidence = EvidenceKey.from_pem(settings.evidence_key_file.read_bytes())
        private_folder(folder)
        raw, store, keys = departure_home(folder, disk)
        async with _at_home(settings) as (home, archive):
            here = Sealed(home.raw, home.store, home.keys)
            yield Departure(archive, here, Sealed(raw, store, keys), folder, evidence, SystemClock())


@contextmanager
def _worded() -> Iterator[None]:
    """An operator gets a sentence, whatever goes wrong with a disk."""
    try:
        yield
    except OSError as error:
        raise Unavailable(error.strerror or str(error)) from error
