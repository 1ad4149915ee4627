"""Builds storage out of its rooms: the one place that knows them all."""

import asyncio
import gc
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI

from shared.asgi import serve_asgi
from shared.clock import Clock, SystemClock
from shared.errors import BadInput
from shared.evidence.seal_key import open_seal_key
from shared.evidence.signature import EvidenceKey
from shared.leases import Leases
from shared.service import Service
from shared.settings import load
from shared.tickets import TicketVerifier
from storage.exports.compose import Exports, compose_exports
from storage.exports.documents import Seals
from storage.fetching.compose import Fetching, compose_fetching
from storage.folders import lock_folders, make_folders, measured
from storage.http.compose import compose_app
from storage.http.guarded import Guarded
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.compose import Lifecycle, compose_client, compose_lifecycle
from storage.lifecycle.control_room import DateWitness
from storage.lifecycle.interruptions import Interruptions
from storage.lifecycle.opening import StoreOpening
from storage.lifecycle.refusals import Ground
from storage.metrics import ReadMetrics
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome, store_home
from storage.objects.disk import RealDisk
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
from storage.recording.spool_folders import SpoolFolders
from storage.settings import StorageSettings
from storage.sharing.compose import Sharing, compose_sharing, family_of, opening_alone

_THREADS = 32
_COLLECTION_THRESHOLD = 50_000
"""More objects than the pictures of 500 cameras leave between two of their fragments."""


@dataclass(frozen=True, slots=True)
class _Base:
    """What most rooms stand on."""

    service: Service
    settings: StorageSettings
    clock: Clock
    reads: ReadMetrics
    home: StoreHome
    archive: Archive
    seals: Seals
    sharing: Sharing | None


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock, disk, reads = SystemClock(), RealDisk(), ReadMetrics()
    verifier, seals = _keys(settings, clock)
    folders = SpoolFolders(settings.spool, settings.storage_name)
    make_folders(settings, folders)
    family = await family_of(settings.index_url) if settings.storage_name else ""
    home = store_home(settings, disk, clock, since_boot, settings.storage_name, family)
    leases = Leases(verifier.key, clock)
    publishers = KnownPublishers(home.local, lambda: leases.publishers)
    tap = compose_tap(settings, clock, publishers.records)
    service = Service("storage", status_port=settings.status_port, clock=clock)
    # Before anything is read: another storage may be changing it.
    locks = await lock_folders(service, settings, folders, home, clock, family)
    spool, lanes = compose_spool(settings, folders, home.keys, disk, clock)
    archive = await open_archive(settings.index_url, home.store, spool, settings.storage_name)
    service.on_stop(archive.database.close)
    sharing = await compose_sharing(settings, archive, folders, home.clear_left, leases, clock)
    opening = await _opened(service, settings, folders, home, archive, clock)
    recording = _recording(settings, tap, archive, sharing, clock)
    interruptions = await _interruptions(service, archive, recording, publishers, clock)
    catalogue = compose_catalogue(archive, recording.recorder, clock, sharing)
    thumbnails = _thumbnails(service, archive, catalogue, reads)
    recovering, outside = recording.finisher.is_recovering, _outside(service)
    claims = None if sharing is None else sharing.claims
    exports = compose_exports(
        settings, archive, catalogue, seals, clock, reads, recovering, outside, home.keys, claims
    )
    fetching = _fetching(settings, home, archive, recording, catalogue, clock, leases)
    grounds = [lock.reason_to_refuse for lock in locks], opening.reason_to_refuse
    base = _Base(service, settings, clock, reads, home, archive, seals, sharing)
    lifecycle = _lifecycle(base, recording, exports, thumbnails, grounds, interruptions)
    await start_recording(service, recording, lanes, tap)
    await lifecycle.poller.start_from_last_known()
    if sharing is not None:
        sharing.standings.hear = interruptions.hear
        await sharing.join(recording, lifecycle.end.retention)
    app = _app(base, verifier, leases, publishers, catalogue, thumbnails, exports, lifecycle, fetching)
    await serve_asgi(service, Guarded(app, reads.cut_off.inc), settings.http_host, settings.http_port)
    _run(service, exports, recording, lifecycle, sharing, thumbnails)
    fetching.run_in(service)
    service.supervise("disks", measuring_disks(measured(settings, home), disk, recording.life, clock))
    _collect_seldom()
    return service


def _app(
    base: _Base,
    verifier: TicketVerifier,
    leases: Leases,
    publishers: KnownPublishers,
    catalogue: Catalogue,
    thumbnails: Thumbnails,
    exports: Exports,
    lifecycle: Lifecycle,
    fetching: Fetching,
) -> FastAPI:
    archive, sharing = base.archive, base.sharing
    return compose_app(
        verifier,
        leases,
        publishers,
        catalogue,
        compose_transcodings(base.settings.playback_transcoders),
        thumbnails,
        jobs=exports.jobs,
        preflight=exports.preflight,
        receipts=exports.receipts,
        holds=archive.holds,
        fetching=fetching,
        keeper=lifecycle.end.keeper,
        proofs=archive.proofs,
        evidence=base.seals.evidence.public,
        clock=base.clock,
        metrics=base.reads,
        origins=base.settings.allowed_origins,
        passed_on=None if sharing is None else sharing.pass_on,
    )


def _run(
    service: Service,
    exports: Exports,
    recording: WritingHalf,
    lifecycle: Lifecycle,
    sharing: Sharing | None,
    thumbnails: Thumbnails,
) -> None:
    led = None if sharing is None else sharing.led(service)
    exports.run_in(service, led)
    recording.run_in(service)
    lifecycle.run_in(service, led)
    if sharing is not None:
        # It ends before all others, so that other processes take over while this one still records.
        sharing.run_in(service, thumbnails.sweep_once)
        service.on_stop(sharing.member.end)


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


def _recording(
    settings: StorageSettings, tap: Tap, archive: Archive, sharing: Sharing | None, clock: Clock
) -> WritingHalf:
    recording = compose_recording(
        tap,
        archive.places,
        archive.rows,
        clock,
        segment_s=settings.segment_s,
        sync_s=settings.sync_s,
        nonce=secrets.token_hex(3),
        stored=archive.bond.stored,
        mine=(lambda _: True) if sharing is None else sharing.is_mine,
        gate=None if sharing is None else sharing.gate,
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
    base: _Base,
    recording: WritingHalf,
    exports: Exports,
    thumbnails: Thumbnails,
    grounds: tuple[Sequence[Ground], Ground],
    interruptions: Interruptions,
) -> Lifecycle:
    dates, sharing = DateWitness(base.clock), base.sharing
    return compose_lifecycle(
        base.settings,
        base.archive,
        recording,
        base.clock,
        compose_client(base.service, base.settings, dates),
        dates,
        base.seals.evidence,
        first=grounds[0],
        opened=grounds[1],
        copies=[exports.sweep.sweep_once, thumbnails.sweep_once],
        overdue=[exports.sweep.overdue_ns],
        local=base.home.local,
        away=base.home.away,
        interruptions=interruptions,
        shared=None if sharing is None else sharing.agreed,
    )


async def _interruptions(
    service: Service, archive: Archive, recording: WritingHalf, publishers: KnownPublishers, clock: Clock
) -> Interruptions:
    """It has written down what lies behind this start, and will that of a stop on purpose."""
    interruptions = Interruptions(
        archive.interruptions,
        archive.marks,
        clock,
        reports=recording.recorder.reports,
        may_publish=lambda commune: publishers.records(commune, ""),
    )
    await interruptions.begin()

    async def stopped() -> None:
        if service.failure is None:
            await interruptions.stopped()

    service.on_stop(stopped)
    return interruptions


def _file(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{what} {path} cannot be read: {error.strerror}") from error


async def _opened(
    service: Service,
    settings: StorageSettings,
    folders: SpoolFolders,
    home: StoreHome,
    archive: Archive,
    clock: Clock,
) -> StoreOpening:
    """The store of a folder is there or nothing starts; one elsewhere is opened beside what records."""
    alone = partial(opening_alone, settings.spool, clock) if settings.storage_name else None
    opening = StoreOpening(home, archive.bond, folders.all, clock, service.fail, alone)
    if home.lease is None:
        await opening.once()
        return opening
    # Calls to it may each wait for an answer: they must not keep those to the disks waiting.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "storage"))
    service.on_stop(opening.close)
    service.supervise("object-store", opening.run)
    service.check("object-store", opening.health)
    return opening
