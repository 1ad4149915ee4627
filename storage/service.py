"""Builds storage out of its parts: the one place that knows them all."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from importlib.metadata import version
from pathlib import Path

import httpx

from shared.asgi import serve_asgi
from shared.clock import Clock, SystemClock
from shared.errors import BadInput, Conflict, Unavailable
from shared.evidence.signature import EvidenceKey
from shared.leases import Leases
from shared.log import get_logger
from shared.private import close_to_others, private_folder
from shared.service import Service
from shared.settings import load
from shared.tap import TapSetup, TapSubscriber, open_tap
from shared.tickets import TicketVerifier
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from storage.exports.jobs import ExportJobs
from storage.exports.sweep import PackageSweep
from storage.http.app import build_app
from storage.http.clock import clock_routes
from storage.http.exports import export_routes
from storage.http.gate import Gate
from storage.http.guarded import Guarded
from storage.http.lease import lease_routes
from storage.http.playback import playback_routes
from storage.index.exports import ExportRows
from storage.index.policies import PolicyRows
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.clock_keeper import Witnesses
from storage.lifecycle.control_room import DateWitness, KnownToControlRoom
from storage.lifecycle.destruction import destruction
from storage.lifecycle.left_overs import LeftOvers
from storage.lifecycle.policies import PolicyPoller
from storage.lifecycle.scrub import Scrub
from storage.metrics import (
    LifeMetrics,
    QuarantineMetrics,
    ReadMetrics,
    RecorderMetrics,
    ScrubMetrics,
)
from storage.objects.boot import since_boot
from storage.objects.disk import RealDisk
from storage.objects.folder_lock import FolderLock, locked
from storage.playback.catalogue import Catalogue
from storage.playback.transcoding import Transcodings
from storage.recording.finishing import Finisher
from storage.recording.lane import DiskLane
from storage.recording.publishers import KnownPublishers
from storage.recording.quarantine import Quarantine
from storage.recording.recorder import Recorder, Tap
from storage.recording.spool import Spool
from storage.settings import StorageSettings

_LANES = 2
_LANE_BUDGET_BYTES = 64 << 20
_FINISHERS = 2
_DISK_EVERY_S = 10.0
# Clear enough to look for somebody; what is kept as evidence is the recording, which stays as it is.
_TRANSCODED = Limits(longest_side=1280, fps=50, kbps=4000, every=True)


def _file(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{what} {path} cannot be read: {error.strerror}") from error


def _make_folders(*folders: Path) -> None:
    for folder in folders:
        try:
            private_folder(folder)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error


def _tap(settings: StorageSettings, clock: Clock, holds: Callable[[str, str], bool]) -> TapSubscriber:
    setup = TapSetup.read(settings.tap_endpoints, settings.tap_key_file, peers_dir=settings.tap_peers_dir)
    return TapSubscriber(setup.endpoints, setup.keys, clock, holds, may_wait=True)


class _Recording:
    """The writing half: tap to spool to store."""

    def __init__(
        self, settings: StorageSettings, clock: Clock, tap: Tap, spool: Spool, archive: Archive
    ) -> None:
        self.spool, self.places = spool, archive.places
        self.life = LifeMetrics()
        self.quarantine = Quarantine(settings.spool, spool.disk, QuarantineMetrics())
        self.recorder = Recorder(
            tap,
            spool,
            clock,
            RecorderMetrics(),
            segment_s=settings.segment_s,
            nonce=secrets.token_hex(3),
            finished=lambda key: self.finisher.enqueue(key),
        )
        self.finisher = Finisher(
            self.places,
            archive.rows,
            clock,
            self.life,
            quarantine=self.quarantine,
            indexed=self.recorder.indexed,
            is_open=self.recorder.is_open,
            stored=archive.bond.stored,
        )


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock, disk = SystemClock(), RealDisk()
    verifier = TicketVerifier.from_pem(_file(settings.ticket_public_key_file, "the ticket key"), clock)
    evidence = EvidenceKey.from_pem(_file(settings.evidence_key_file, "the evidence key"))
    _make_folders(settings.spool, settings.objects, settings.exports)
    for folder in (settings.spool, settings.exports):
        close_to_others(folder)
    leases = Leases(verifier.key, clock)
    publishers = KnownPublishers(settings.objects, disk, lambda: leases.publishers)
    tap = _tap(settings, clock, publishers.holds)
    service = Service("storage", status_port=settings.status_port, clock=clock)
    # Before anything is read: another storage may be changing it.
    locks = await _lock(service, settings, clock)
    lanes = [DiskLane(f"disk-{number}", _LANE_BUDGET_BYTES) for number in range(_LANES)]
    spool = Spool(settings.spool, disk, lanes, clock, reserve_bytes=settings.disk_reserve_mb << 20)
    archive = await open_archive(settings.index_url, settings.objects, spool)
    service.on_stop(archive.database.close)
    await archive.bond.establish()

    half = _Recording(settings, clock, tap, spool, archive)
    archive.store.clear_incoming()
    left_over = half.finisher.find_left_over()
    if left_over:
        get_logger("storage").warning("spool-recovered", files=left_over)
    catalogue = Catalogue(archive.rows, archive.shown, half.recorder, half.places, clock)
    policies, reads = PolicyRows(archive.database), ReadMetrics()
    reads.confirmed.set_function(lambda: leases.confirmed)
    jobs = _export_jobs(settings, archive, catalogue, evidence, clock, reads, half.finisher.is_recovering)
    dates = DateWitness(clock)
    client = _client(service, settings, dates)
    poller = await _follow_control_room(service, half, lanes, policies, tap, client)
    witnesses = Witnesses(dates.now_ns, half.recorder.cameras_ns)
    left_overs = LeftOvers(
        half.places,
        half.quarantine,
        archive.rows,
        archive.dues,
        archive.turn,
        clock,
        is_open=half.recorder.is_open,
    )
    end = destruction(
        archive,
        half.life,
        clock,
        since_boot,
        witnesses,
        KnownToControlRoom(client),
        [lock.reason_to_refuse for lock in locks],
        copies=[_packages(settings, archive, jobs, clock).sweep_once, left_overs.sweep_once],
    )
    scrub = _scrub(settings, archive, clock, left_overs)
    gate = Gate(verifier, leases)
    app = build_app(
        [
            playback_routes(catalogue, gate, clock, reads, _transcodings(settings)),
            export_routes(jobs, archive.holds, catalogue, clock, gate, evidence.public),
            clock_routes(end.keeper, gate),
            lease_routes(leases, publishers.keep),
        ],
        settings.allowed_origins,
    )
    await serve_asgi(service, Guarded(app, reads.cut_off.inc), settings.http_host, settings.http_port)
    service.on_stop(jobs.close)

    works: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        *((f"finishing-{number}", half.finisher.run) for number in range(_FINISHERS)),
        ("recorder", half.recorder.run),
        ("holds", end.reconciliation.run),
        ("retention", end.retention.run),
        ("exports", jobs.run),
        ("policies", poller.run),
        ("disks", _measuring(settings, half, clock)),
        ("scrub-names", scrub.run_names),
    ]
    if settings.scrub_mb_s:
        works.append(("scrub-bytes", scrub.run_bytes))
    for name, work in works:
        service.supervise(name, work)
    for name, probe in (
        ("recording", half.recorder.health),
        ("finishing", half.finisher.health),
        ("unreadable", half.quarantine.health),
        ("retention", end.retention.health),
        ("holds", end.reconciliation.health),
        ("scrub", scrub.health),
        ("control-room", poller.health),
    ):
        service.check(name, probe)
    return service


def _transcodings(settings: StorageSettings) -> Transcodings:
    return Transcodings(settings.playback_transcoders, lambda: ChildProcess.spawn(_TRANSCODED))


def _packages(settings: StorageSettings, archive: Archive, jobs: ExportJobs, clock: Clock) -> PackageSweep:
    return PackageSweep(
        ExportRows(archive.database),
        clock,
        folder=settings.exports,
        keep_days=settings.export_days,
        is_making=jobs.is_making,
    )


async def _lock(service: Service, settings: StorageSettings, clock: Clock) -> list[FolderLock]:
    """Have the folders for the life of the service; it ends once somebody else has one."""
    held = AsyncExitStack()
    folders = (settings.spool, settings.objects, settings.exports)
    locks = await held.enter_async_context(locked(folders, clock, since_boot))
    service.on_stop(held.aclose)

    async def keep() -> None:
        try:
            await asyncio.gather(*(lock.keep() for lock in locks))
        except Conflict as error:
            service.fail(error)

    service.supervise("folders", keep)
    return locks


def _scrub(settings: StorageSettings, archive: Archive, clock: Clock, left_overs: LeftOvers) -> Scrub:
    return Scrub(
        archive.rows,
        archive.walk,
        archive.marks,
        archive.store,
        archive.bond,
        clock,
        ScrubMetrics(),
        bytes_per_s=max(1, int(settings.scrub_mb_s * 1e6)),
        unreadable=left_overs.unreadable,
    )


def _client(service: Service, settings: StorageSettings, dates: DateWitness) -> httpx.AsyncClient:
    """Whoever asks control_room asks with this."""
    client = httpx.AsyncClient(
        base_url=settings.control_url.rstrip("/"),
        headers={"authorization": f"Bearer {settings.recorder_token.get_secret_value()}"},
        event_hooks={"response": [dates.hear]},
        trust_env=False,
    )
    service.on_stop(client.aclose)
    return client


def _export_jobs(
    settings: StorageSettings,
    archive: Archive,
    catalogue: Catalogue,
    evidence: EvidenceKey,
    clock: Clock,
    metrics: ReadMetrics,
    is_recovering: Callable[[], bool],
) -> ExportJobs:
    return ExportJobs(
        ExportRows(archive.database),
        archive.holds,
        catalogue,
        evidence,
        clock,
        metrics,
        folder=settings.exports,
        version=version("beffroi"),
        at_once=settings.exports_at_once,
        is_recovering=is_recovering,
    )


async def _follow_control_room(
    service: Service,
    half: _Recording,
    lanes: Sequence[DiskLane],
    policies: PolicyRows,
    tap: TapSubscriber,
    client: httpx.AsyncClient,
) -> PolicyPoller:
    """Open the tap and record what is known to be wanted; the poller that keeps that up to date."""

    async def drain() -> None:
        await half.recorder.close()
        for lane in lanes:
            await lane.close()

    for lane in lanes:
        lane.start()
    service.on_stop(drain)
    await open_tap(tap, service)
    poller = PolicyPoller(
        client, policies, service.clock, apply=half.recorder.apply, reports=half.recorder.reports
    )
    await poller.start_from_last_known()
    return poller


def _measuring(settings: StorageSettings, half: _Recording, clock: Clock) -> Callable[[], Awaitable[None]]:
    async def measure() -> None:
        while True:
            for name, folder in (("spool", settings.spool), ("objects", settings.objects)):
                half.life.disk_free.labels(name).set(half.places.disk.free_bytes(folder))
            await clock.sleep(_DISK_EVERY_S)

    return measure
