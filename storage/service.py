"""Builds storage out of its rooms: the one place that knows them all."""

import asyncio
import gc
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from shared.asgi import serve_asgi
from shared.clock import Clock, SystemClock
from shared.errors import BadInput, Unavailable
from shared.evidence.seal_key import open_seal_key
from shared.evidence.signature import EvidenceKey
from shared.leases import Leases
from shared.private import close_to_others, private_folder
from shared.service import Service
from shared.settings import load
from shared.tickets import TicketVerifier
from storage.exports.compose import Exports, compose_exports
from storage.exports.documents import Seals
from storage.fetching.compose import Fetching, compose_fetching
from storage.http.compose import compose_app
from storage.http.guarded import Guarded
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.compose import Lifecycle, compose_client, compose_lifecycle
from storage.lifecycle.control_room import DateWitness
from storage.lifecycle.opening import StoreOpening
from storage.lifecycle.refusals import Ground
from storage.metrics import ReadMetrics
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome, store_home
from storage.objects.disk import RealDisk
from storage.objects.keeping import keep_folders
from storage.playback.catalogue import Catalogue
from storage.playback.compose import compose_catalogue, compose_thumbnails, compose_transcodings
from storage.playback.thumbnails import Thumbnails
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
_COLLECTION_THRESHOLD = 50_000
"""More objects than the pictures of 500 cameras leave between two of their fragments."""


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock, disk, reads = SystemClock(), RealDisk(), ReadMetrics()
    verifier, seals = _keys(settings, clock)
    _make_folders(settings)
    home, leases = store_home(settings, disk, clock, since_boot), Leases(verifier.key, clock)
    reads.confirmed.set_function(lambda: leases.confirmed)
    publishers = KnownPublishers(home.local, lambda: leases.publishers)
    tap = compose_tap(settings, clock, publishers.records)
    service = Service("storage", status_port=settings.status_port, clock=clock)
    # Before anything is read: another storage may be changing it.
    locks = await keep_folders(service, (settings.spool, *home.folders, settings.exports), clock)
    spool, lanes = compose_spool(settings, disk, clock)
    archive = await open_archive(settings.index_url, home.store, spool)
    service.on_stop(archive.database.close)
    opening = await _opened(service, settings, home, archive, clock)
    recording = _recording(settings, tap, archive, clock)
    catalogue = compose_catalogue(archive, recording.recorder, clock)
    thumbnails = _thumbnails(service, archive, catalogue, reads)
    recovering, outside = recording.finisher.is_recovering, _outside(service)
    exports = compose_exports(settings, archive, catalogue, seals, clock, reads, recovering, outside)
    fetching = _fetching(settings, home, archive, recording, catalogue, clock, leases)
    refusing, opened = [lock.reason_to_refuse for lock in locks], opening.reason_to_refuse
    lifecycle = _lifecycle(
        service, settings, home, archive, recording, exports, thumbnails, seals, clock, refusing, opened
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
        preflight=exports.preflight,
        receipts=exports.receipts,
        holds=archive.holds,
        fetching=fetching,
        keeper=lifecycle.end.keeper,
        proofs=archive.proofs,
        evidence=seals.evidence.public,
        clock=clock,
        metrics=reads,
        origins=settings.allowed_origins,
    )
    await serve_asgi(service, Guarded(app, reads.cut_off.inc), settings.http_host, settings.http_port)
    for room in (exports, recording, lifecycle, fetching):
        room.run_in(service)
    service.supervise("disks", measuring_disks(_folders(settings, home), disk, recording.life, clock))
    _collect_seldom()
    return service


def _collect_seldom() -> None:
    """What was built so far stays: it is not looked at again, and what pictures leave behind seldom."""
    gc.freeze()
    gc.set_threshold(_COLLECTION_THRESHOLD, 50, 100)


def _thumbnails(service: Service, archive: Archive, catalogue: Catalogue, reads: ReadMetrics) -> Thumbnails:
    thumbnails = compose_thumbnails(archive, catalogue, reads)
    service.on_stop(thumbnails.close)
    return thumbnails


def _outside(service: Service) -> httpx.AsyncClient:
    """Asks who is neither ours nor trusted: it follows nobody elsewhere."""
    client = httpx.AsyncClient(follow_redirects=False)
    service.on_stop(client.aclose)
    return client


def _keys(settings: StorageSettings, clock: Clock) -> tuple[TicketVerifier, Seals]:
    ticket = _file(settings.ticket_public_key_file, "the ticket key")
    evidence = _file(settings.evidence_key_file, "the evidence key")
    try:
        films = open_seal_key(settings.seal_key, settings.seal_certificate, settings.seal_name)
    except OSError as error:
        raise BadInput(f"the key that seals films cannot be read or made: {error.strerror}") from error
    return TicketVerifier.from_pem(ticket, clock), Seals(EvidenceKey.from_pem(evidence), films)


def _recording(settings: StorageSettings, tap: Tap, archive: Archive, clock: Clock) -> WritingHalf:
    recording = compose_recording(
        tap,
        archive.places,
        archive.rows,
        clock,
        segment_s=settings.segment_s,
        sync_s=settings.sync_s,
        nonce=secrets.token_hex(3),
        stored=archive.bond.stored,
    )
    recording.find_left_over()
    return recording


def _fetching(
    settings: StorageSettings,
    home: StoreHome,
    archive: Archive,
    recording: WritingHalf,
    catalogue: Catalogue,
    clock: Clock,
    leases: Leases,
) -> Fetching:
    """An edge is heard while its commune has a worker's credential, as control_room said last."""

    def may_bring(commune: str) -> bool:
        publishers = leases.publishers
        return publishers is None or commune in publishers.communes

    reserve_bytes = settings.disk_reserve_mb << 20
    return compose_fetching(archive, recording, catalogue, clock, may_bring, home.away, reserve_bytes)


def _lifecycle(
    service: Service,
    settings: StorageSettings,
    home: StoreHome,
    archive: Archive,
    recording: WritingHalf,
    exports: Exports,
    thumbnails: Thumbnails,
    seals: Seals,
    clock: Clock,
    refusing: Sequence[Ground],
    opened: Ground,
) -> Lifecycle:
    dates = DateWitness(clock)
    return compose_lifecycle(
        settings,
        archive,
        recording,
        clock,
        compose_client(service, settings, dates),
        dates,
        seals.evidence,
        first=refusing,
        opened=opened,
        copies=[exports.sweep.sweep_once, thumbnails.sweep_once],
        overdue=[exports.sweep.overdue_ns],
        local=home.local,
        away=home.away,
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
