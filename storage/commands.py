"""What an operator runs while storage is stopped: reindexing and scrubbing."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.clock import SystemClock
from shared.ids import StreamId
from shared.spans import Span
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.compose import compose_scrub
from storage.lifecycle.reindex import Reindexed, reindex
from storage.lifecycle.scrub import Found, scrubbed
from storage.objects.boot import since_boot
from storage.objects.compose import store_home
from storage.objects.disk import RealDisk
from storage.objects.folder_lock import locked
from storage.recording.spool import Spool
from storage.settings import ArchiveSettings

if TYPE_CHECKING:
    from storage.objects.s3_lease import S3Lease


@asynccontextmanager
async def _alone(settings: ArchiveSettings) -> AsyncIterator[Archive]:
    """The archive, with the folders locked. Raises Conflict where a storage runs."""
    clock, disk = SystemClock(), RealDisk()
    settings.spool.mkdir(parents=True, exist_ok=True)
    home = store_home(settings, disk, clock, since_boot)
    folders = (settings.spool, *home.folders)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    async with locked(folders, clock, since_boot), _taken(home.lease):
        archive = await open_archive(settings.index_url, home.store, Spool(settings.spool, disk, [], clock))
        try:
            yield archive
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
