"""Builds storage out of its rooms: the one place that knows them all."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from shared.asgi import serve_asgi
from shared.clock import Clock, SystemClock
from shared.errors import BadInput, Conflict, Unavailable
from shared.evidence.signature import EvidenceKey
from shared.leases import Leases
from shared.private import close_to_others, private_folder
from shared.service import Service
from shared.settings import load
from shared.tickets import TicketVerifier
from storage.exports.compose import compose_exports
from storage.http.compose import compose_app
from storage.http.guarded import Guarded
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.compose import compose_client, compose_lifecycle
from storage.lifecycle.control_room import DateWitness
from storage.lifecycle.opening import StoreOpening
from storage.metrics import ReadMetrics
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome, store_home
from storage.objects.disk import RealDisk
from storage.objects.folder_lock import FolderLock, locked
from storage.playback.compose import compose_catalogue, compose_transcodings
from storage.recording.compose import (
    WritingHalf,
    compose_recording,
    compose_spool,
    compose_tap,
    measuring_disks,
    start_recording,
)
from storage.recording.publishers import KnownPublishers
from storage.recording.recorder import Tap
from storage.settings import StorageSettings

_THREADS = 32


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock, disk, reads = SystemClock(), RealDisk(), ReadMetrics()
    verifier, evidence = _keys(settings, clock)
    _make_folders(settings)
    home, leases = store_home(settings, disk, clock, since_boot), Leases(verifier.key, clock)
    reads.confirmed.set_function(lambda: leases.confirmed)
    publishers = KnownPublishers(home.local, lambda: leases.publishers)
    tap = compose_tap(settings, clock, publishers.records)
    service = Service("storage", status_port=settings.status_port, clock=clock)
    # Before anything is read: another storage may be changing it.
    locks = await _lock(service, settings, home, clock)
    spool, lanes = compose_spool(settings, disk, clock)
    archive = await open_archive(settings.index_url, home.store, spool)
    service.on_stop(archive.database.close)
    opening = await _opened(service, settings, home, archive, clock)
    recording = _recording(settings, tap, archive, clock)
    recording.find_left_over()
    catalogue = compose_catalogue(archive, recording.recorder, clock)
    recovering = recording.finisher.is_recovering
    exports = compose_exports(settings, archive, catalogue, evidence, clock, reads, recovering)
    dates = DateWitness(clock)
    lifecycle = compose_lifecycle(
        settings,
        archive,
        recording,
        clock,
        compose_client(service, settings, dates),
        dates,
        first=[lock.reason_to_refuse for lock in locks],
        opened=opening.reason_to_refuse,
        copies=[exports.sweep.sweep_once],
        local=home.local,
        away=home.away,
    )
    await start_recording(service, recording, lanes, tap)
    await lifecycle.poller.start_from_last_known()
    app = compose_app(
        verifier,
        leases,
        publishers,
        catalogue,
        compose_transcodings(settings.playback_transcoders),
        jobs=exports.jobs,
        holds=archive.holds,
        keeper=lifecycle.end.keeper,
        evidence=evidence.public,
        clock=clock,
        metrics=reads,
        origins=settings.allowed_origins,
    )
    await serve_asgi(service, Guarded(app, reads.cut_off.inc), settings.http_host, settings.http_port)
    for room in (exports, recording, lifecycle):
        room.run_in(service)
    service.supervise("disks", measuring_disks(_folders(settings, home), disk, recording.life, clock))
    return service


def _keys(settings: StorageSettings, clock: Clock) -> tuple[TicketVerifier, EvidenceKey]:
    ticket = _file(settings.ticket_public_key_file, "the ticket key")
    evidence = _file(settings.evidence_key_file, "the evidence key")
    return TicketVerifier.from_pem(ticket, clock), EvidenceKey.from_pem(evidence)


def _recording(settings: StorageSettings, tap: Tap, archive: Archive, clock: Clock) -> WritingHalf:
    return compose_recording(
        tap,
        archive.places,
        archive.rows,
        clock,
        segment_s=settings.segment_s,
        nonce=secrets.token_hex(3),
        stored=archive.bond.stored,
    )


def _file(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{what} {path} cannot be read: {error.strerror}") from error


async def _opened(
    service: Service, settings: StorageSettings, home: StoreHome, archive: Archive, clock: Clock
) -> StoreOpening:
    """The store of a folder is there or nothing starts; one elsewhere is opened beside what records."""
    opening = StoreOpening(home, archive.bond, settings.spool, clock, service.fail)
    if home.lease is None:
        await opening.once()
        return opening
    # Calls to it may each wait for an answer: they must not keep those to the disks waiting.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "storage"))
    service.on_stop(opening.close)
    service.supervise("object-store", opening.run)
    service.check("object-store", opening.health)
    return opening


def _folders(settings: StorageSettings, home: StoreHome) -> dict[str, Path]:
    folders = {"spool": settings.spool}
    return folders if home.lease is not None else {**folders, "objects": settings.objects}


def _make_folders(settings: StorageSettings) -> None:
    objects = () if settings.s3_url else (settings.objects,)
    for folder in (settings.spool, *objects, settings.exports):
        try:
            private_folder(folder)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error
    for folder in (settings.spool, settings.exports):
        close_to_others(folder)


async def _lock(
    service: Service, settings: StorageSettings, home: StoreHome, clock: Clock
) -> list[FolderLock]:
    """Have the folders for the life of the service; it ends once somebody else has one."""
    taken = AsyncExitStack()
    folders = (settings.spool, *home.folders, settings.exports)
    locks = await taken.enter_async_context(locked(folders, clock, since_boot))
    service.on_stop(taken.aclose)

    async def keep() -> None:
        try:
            await asyncio.gather(*(lock.keep() for lock in locks))
        except Conflict as error:
            service.fail(error)

    service.supervise("folders", keep)
    return locks
