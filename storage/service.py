"""Builds storage out of its parts: the one place that knows them all."""

import secrets
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import httpx

from shared.asgi import serve_asgi
from shared.clock import Clock, SystemClock
from shared.errors import BadInput, Unavailable
from shared.leases import Leases
from shared.log import get_logger
from shared.private import private_folder
from shared.service import Service
from shared.settings import load
from shared.tap.endpoint import Endpoint
from shared.tap.keys import TapKeys
from shared.tap.subscriber import TapSubscriber
from shared.tickets import TicketVerifier
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from storage.api import build_app
from storage.api_exports import export_routes
from storage.api_lease import lease_routes
from storage.api_playback import playback_routes
from storage.bond import StoreBond
from storage.catalogue import Catalogue
from storage.disk import Disk, RealDisk
from storage.exports.evidence import EvidenceKey
from storage.exports.jobs import ExportJobs
from storage.exports.sweep import PackageSweep
from storage.finishing import Finisher, Places
from storage.gate import Gate
from storage.guarded import Guarded
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.exports import ExportRows
from storage.index.holds import HoldRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.lane import DiskLane
from storage.left_overs import LeftOvers
from storage.metrics import LifeMetrics, QuarantineMetrics, ReadMetrics, RecorderMetrics, RetentionMetrics
from storage.objects import FolderStore
from storage.policies import PolicyPoller
from storage.quarantine import Quarantine
from storage.recorder import Recorder, Tap
from storage.reindex import Reindexed, reindex
from storage.retention import Retention
from storage.settings import StorageSettings
from storage.spool import Spool
from storage.transcoding import Transcodings

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


def _tap(settings: StorageSettings, clock: Clock) -> TapSubscriber:
    endpoints = Endpoint.parse_list(settings.tap_endpoints)
    keys = None
    if settings.tap_key_file is not None:
        keys = TapKeys.load(settings.tap_key_file, peers_dir=settings.tap_peers_dir)
    elif not all(endpoint.is_loopback for endpoint in endpoints):
        raise BadInput("BEFFROI_TAP_KEY_FILE is not set, and the tap leaves this machine")
    return TapSubscriber(endpoints, keys, clock)


async def _index(settings: StorageSettings) -> tuple[Database, SegmentRows, FolderStore, StoreBond]:
    database = await Database.open(settings.index_url)
    rows, store = SegmentRows(database), FolderStore(settings.objects, RealDisk())
    return database, rows, store, StoreBond(database, rows, store)


async def rebuild_index(settings: StorageSettings) -> Reindexed:
    """What `python -m storage reindex` does."""
    _make_folders(settings.objects)
    database, rows, store, bond = await _index(settings)
    try:
        return await reindex(rows, store, bond)
    finally:
        await database.close()


class _Recording:
    """The writing half: tap to spool to store."""

    def __init__(
        self,
        settings: StorageSettings,
        clock: Clock,
        disk: Disk,
        tap: Tap,
        rows: SegmentRows,
        store: FolderStore,
    ) -> None:
        self.lanes = [DiskLane(f"disk-{number}", _LANE_BUDGET_BYTES) for number in range(_LANES)]
        self.spool = Spool(
            settings.spool, disk, self.lanes, clock, reserve_bytes=settings.disk_reserve_mb << 20
        )
        self.places = Places(self.spool, store, disk)
        self.life = LifeMetrics()
        self.quarantine = Quarantine(settings.spool, disk, QuarantineMetrics())
        self.recorder = Recorder(
            tap,
            self.spool,
            clock,
            RecorderMetrics(),
            segment_s=settings.segment_s,
            nonce=secrets.token_hex(3),
            finished=lambda key: self.finisher.enqueue(key),
        )
        self.finisher = Finisher(
            self.places,
            rows,
            clock,
            self.life,
            quarantine=self.quarantine,
            indexed=self.recorder.indexed,
            is_open=self.recorder.is_open,
        )


async def build(settings: StorageSettings | None = None) -> Service:
    """The service, ready to run. Raises BadInput and Unavailable, each a sentence for whoever starts it."""
    settings = settings or load(StorageSettings)
    clock = SystemClock()
    verifier = TicketVerifier.from_pem(_file(settings.ticket_public_key_file, "the ticket key"), clock)
    evidence = EvidenceKey.from_pem(_file(settings.evidence_key_file, "the evidence key"))
    _make_folders(settings.spool, settings.objects, settings.exports)
    tap = _tap(settings, clock)
    database, rows, store, bond = await _index(settings)
    await bond.establish()
    service = Service("storage", status_port=settings.status_port, clock=clock)
    service.on_stop(database.close)

    half = _Recording(settings, clock, RealDisk(), tap, rows, store)
    store.clear_incoming()
    left_over = half.finisher.find_left_over()
    if left_over:
        get_logger("storage").warning("spool-recovered", files=left_over)
    catalogue = Catalogue(rows, half.recorder, half.places)
    policies, holds, reads = PolicyRows(database), HoldRows(database), ReadMetrics()
    leases = Leases(verifier.key, clock)
    reads.confirmed.set_function(lambda: leases.confirmed)
    jobs = _export_jobs(
        settings, database, holds, catalogue, evidence, clock, reads, half.finisher.is_recovering
    )
    sweep = PackageSweep(
        ExportRows(database),
        clock,
        folder=settings.exports,
        keep_days=settings.export_days,
        is_making=jobs.is_making,
    )
    dues = DueRows(database)
    left_overs = LeftOvers(half.places, half.quarantine, rows, dues, clock, is_open=half.recorder.is_open)
    retention = Retention(
        rows,
        dues,
        half.places,
        bond,
        clock,
        RetentionMetrics(),
        half.life,
        copies=(sweep.sweep_once, left_overs.sweep_once),
    )
    poller = await _follow_control_room(service, settings, half, policies, tap)
    gate = Gate(verifier, leases)
    app = build_app(
        [
            playback_routes(catalogue, gate, clock, reads, _transcodings(settings)),
            export_routes(jobs, holds, gate, evidence.public),
            lease_routes(leases),
        ],
        settings.allowed_origins,
    )
    await serve_asgi(service, Guarded(app, reads.cut_off.inc), settings.http_host, settings.http_port)
    service.on_stop(jobs.close)

    works: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        *((f"finishing-{number}", half.finisher.run) for number in range(_FINISHERS)),
        ("recorder", half.recorder.run),
        ("retention", retention.run),
        ("exports", jobs.run),
        ("policies", poller.run),
        ("disks", _measuring(settings, half, clock)),
    ]
    for name, work in works:
        service.supervise(name, work)
    for name, probe in (
        ("recording", half.recorder.health),
        ("finishing", half.finisher.health),
        ("unreadable", half.quarantine.health),
        ("retention", retention.health),
        ("control-room", poller.health),
    ):
        service.check(name, probe)
    return service


def _transcodings(settings: StorageSettings) -> Transcodings:
    return Transcodings(settings.playback_transcoders, lambda: ChildProcess.spawn(_TRANSCODED))


def _export_jobs(
    settings: StorageSettings,
    database: Database,
    holds: HoldRows,
    catalogue: Catalogue,
    evidence: EvidenceKey,
    clock: Clock,
    metrics: ReadMetrics,
    is_recovering: Callable[[], bool],
) -> ExportJobs:
    return ExportJobs(
        ExportRows(database),
        holds,
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
    service: Service, settings: StorageSettings, half: _Recording, policies: PolicyRows, tap: TapSubscriber
) -> PolicyPoller:
    """Open the tap and record what is known to be wanted; the poller that keeps that up to date."""
    client = httpx.AsyncClient(
        base_url=settings.control_url.rstrip("/"),
        headers={"authorization": f"Bearer {settings.recorder_token.get_secret_value()}"},
        trust_env=False,
    )
    service.on_stop(client.aclose)

    async def drain() -> None:
        await half.recorder.close()
        for lane in half.lanes:
            await lane.close()

    for lane in half.lanes:
        lane.start()
    service.on_stop(drain)
    await tap.start()
    service.on_stop(tap.close)
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
