"""Builds storage out of its rooms: the one place that knows them all."""

import asyncio
import secrets
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
from storage.metrics import ReadMetrics
from storage.objects.boot import since_boot
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.folder_lock import FolderLock, locked
from storage.playback.compose import compose_catalogue, compose_thumbnails, compose_transcodings
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


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock, disk, reads = SystemClock(), RealDisk(), ReadMetrics()
    verifier, evidence = _keys(settings, clock)
    _make_folders(settings)
    leases, store = Leases(verifier.key, clock), FolderStore(settings.objects, disk)
    reads.confirmed.set_function(lambda: leases.confirmed)
    publishers = KnownPublishers(store.notes, lambda: leases.publishers)
    tap = compose_tap(settings, clock, publishers.records)
    service = Service("storage", status_port=settings.status_port, clock=clock)
    # Before anything is read: another storage may be changing it.
    locks = await _lock(service, settings, clock)
    spool, lanes = compose_spool(settings, disk, clock)
    archive = await open_archive(settings.index_url, store, spool)
    service.on_stop(archive.database.close)
    await archive.bond.establish()
    recording = _recording(settings, tap, archive, clock)
    store.clear_incoming()
    recording.find_left_over()
    catalogue = compose_catalogue(archive, recording.recorder, clock)
    recovering = recording.finisher.is_recovering
    thumbnails = compose_thumbnails(archive, catalogue, reads)
    service.on_stop(thumbnails.close)
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
        copies=[exports.sweep.sweep_once, thumbnails.sweep_once],
    )
    await start_recording(service, recording, lanes, tap)
    await lifecycle.poller.start_from_last_known()
    app = compose_app(
        verifier,
        leases,
        publishers,
        catalogue,
        compose_transcodings(settings.playback_transcoders),
        thumbnails,
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
    service.supervise("disks", measuring_disks(settings, disk, recording.life, clock))
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


def _make_folders(settings: StorageSettings) -> None:
    for folder in (settings.spool, settings.objects, settings.exports):
        try:
            private_folder(folder)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error
    for folder in (settings.spool, settings.exports):
        close_to_others(folder)


async def _lock(service: Service, settings: StorageSettings, clock: Clock) -> list[FolderLock]:
    """Have the folders for the life of the service; it ends once somebody else has one."""
    taken = AsyncExitStack()
    folders = (settings.spool, settings.objects, settings.exports)
    locks = await taken.enter_async_context(locked(folders, clock, since_boot))
    service.on_stop(taken.aclose)

    async def keep() -> None:
        try:
            await asyncio.gather(*(lock.keep() for lock in locks))
        except Conflict as error:
            service.fail(error)

    service.supervise("folders", keep)
    return locks
