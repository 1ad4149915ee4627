"""Builds an edge recorder out of storage's rooms: the one place that knows which of them it takes."""

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from shared.clock import Clock, SystemClock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.messages.storage import RecordingPolicy
from shared.private import close_to_others, private_folder
from shared.service import Service
from shared.settings import load
from shared.tap import TapSetup, TapSubscriber
from storage.edge.centre import Centre
from storage.edge.compose_cards import compose_cards
from storage.edge.own_clock import OwnClock
from storage.edge.own_recordings import OwnRecordings
from storage.edge.pace import Pace
from storage.edge.register import kept_here, register_key
from storage.edge.ring import Ring
from storage.edge.sender import Sender
from storage.index.policies import PolicyRows
from storage.index.ring import RingRows
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.clock_keeper import Witnesses
from storage.lifecycle.compose import compose_scrub
from storage.lifecycle.control_room import DateWitness, KnownToControlRoom
from storage.lifecycle.destruction import Destruction, destruction
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.lifecycle.left_overs import LeftOvers
from storage.lifecycle.policies import PolicyPoller
from storage.lifecycle.refusals import Ground
from storage.lifecycle.scrub import Scrub
from storage.metrics import EdgeMetrics, LedgerMetrics
from storage.objects.boot import since_boot
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.keeping import keep_folders
from storage.recording.compose import (
    WritingHalf,
    compose_recording,
    compose_spool,
    measuring_disks,
    start_recording,
)
from storage.recording.left_files import LeftFiles
from storage.recording.spool_folders import SpoolFolders
from storage.settings import EdgeSettings

_SCRUB_BYTES_PER_S = 1_000_000
_PROOF_DAYS = 120
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class _Life:
    """What keeps and ends footage at the edge."""

    end: Destruction
    ring: Ring
    ledger: Ledger
    scrub: Scrub
    poller: PolicyPoller
    clock: OwnClock

    def run_in(self, service: Service) -> None:
        for name, work in (
            ("ring", self.ring.run),
            ("locks", self.end.locks.run),
            ("holds", self.end.reconciliation.run),
            ("retention", self.end.retention.run),
            ("ledger", self.ledger.run),
            ("scrub-names", self.scrub.run_names),
            ("scrub-bytes", self.scrub.run_bytes),
            ("policies", self.poller.run),
            ("policy-ends", self.poller.run_ends),
            ("clock", self.clock.run),
        ):
            service.supervise(name, work)
        for name, probe in (
            ("ring", self.ring.health),
            ("locks", self.end.locks.health),
            ("holds", self.end.reconciliation.health),
            ("retention", self.end.retention.health),
            ("ledger", self.ledger.health),
            ("scrub", self.scrub.health),
            ("control-room", self.poller.health),
        ):
            service.check(name, probe)


async def build_edge(settings: EdgeSettings | None = None) -> Service:
    """The edge recorder of a commune, ready to run. Raises BadInput, Conflict and Unavailable."""
    settings = settings or load(EdgeSettings)
    clock, disk, metrics = SystemClock(), RealDisk(), EdgeMetrics()
    _make_folders(settings)
    tap = _tap(settings, clock)
    service = Service("storage", status_port=settings.edge_status_port, clock=clock)
    locks = await keep_folders(service, (settings.spool, settings.objects), clock)
    spool, lanes = compose_spool(settings, SpoolFolders(settings.spool, ""), None, disk, clock)
    store = FolderStore(settings.objects, disk)
    archive = await open_archive(settings.index_url, store, spool)
    service.on_stop(archive.database.close)
    await archive.bond.establish()
    store.clear_incoming()
    recording = compose_recording(
        tap,
        archive.places,
        archive.rows,
        clock,
        segment_s=settings.segment_s,
        sync_s=settings.sync_s,
        nonce=f"e{secrets.token_hex(3)}",
        stored=archive.bond.stored,
    )
    recording.find_left_over()
    streams = _Streams(settings.commune, recording)
    dates = DateWitness(clock)
    control = _control(service, settings, dates)
    own = OwnRecordings(archive.shown, lambda key: settings.objects / key, clock)
    cards = compose_cards(service, settings, own, streams.known, disk, clock)
    if cards is not None:
        streams.follow(cards.authorised.apply)
    sender = Sender(
        Centre(control, _outside(service), settings.commune, clock),
        [own] if cards is None else [own, cards.source],
        streams.known,
        Pace(settings.edge_rate_kbps * 125, clock),
        clock,
        metrics,
    )
    refusing = [lock.reason_to_refuse for lock in locks]
    life = _life(settings, archive, recording, streams, control, dates, sender, metrics, clock, refusing)
    await start_recording(service, recording, lanes, tap)
    await life.poller.start_from_last_known()
    recording.run_in(service)
    life.run_in(service)
    service.supervise("sender", sender.run)
    service.check("centre", sender.health)
    service.supervise("disks", measuring_disks({"edge": settings.folder}, disk, recording.life, clock))
    return service


class _Streams:
    """The streams of the edge's own commune: no other's are recorded or told of, whatever is said."""

    def __init__(self, commune: str, recording: WritingHalf) -> None:
        self._commune = commune
        self._recording = recording
        self._known: tuple[StreamId, ...] = ()
        self._followers: list[Callable[[Sequence[RecordingPolicy]], None]] = []

    def follow(self, follower: Callable[[Sequence[RecordingPolicy]], None]) -> None:
        """Be told of the own commune's policies too."""
        self._followers.append(follower)

    def known(self) -> Sequence[StreamId]:
        return self._known

    def apply(self, policies: Sequence[RecordingPolicy]) -> None:
        own = [one for one in policies if StreamId.parse(one.stream).commune == self._commune]
        self._known = tuple(StreamId.parse(one.stream) for one in own)
        self._recording.recorder.apply(own)
        for follower in self._followers:
            follower(own)


def _life(
    settings: EdgeSettings,
    archive: Archive,
    recording: WritingHalf,
    streams: _Streams,
    control: httpx.AsyncClient,
    dates: DateWitness,
    sender: Sender,
    metrics: EdgeMetrics,
    clock: Clock,
    refusing: Sequence[Ground],
) -> _Life:
    recorder, left_overs = recording.recorder, _left_overs(archive, recording, clock)
    end = destruction(
        archive,
        recording.life,
        clock,
        since_boot,
        Witnesses(dates.now_ns, recorder.cameras_ns),
        KnownToControlRoom(control, "/api/v1/worker/holds"),
        refusing,
        copies=[left_overs.sweep_once],
        overdue=[left_overs.overdue_ns],
        waits_for_holds=False,
    )
    ring = Ring(
        RingRows(archive.database),
        archive.rows,
        archive.turn,
        clock,
        metrics,
        limit_bytes=settings.edge_limit_mb * 1_000_000,
        days=settings.edge_days,
        needed=sender.needed,
    )
    key = register_key(settings.folder / "register.pem")
    parts = LedgerParts(archive.ledger, archive.ledger_notes, key, lambda: uuid.uuid4().hex)
    return _Life(
        end,
        ring,
        Ledger(parts, clock, LedgerMetrics(), kept_here, keep_days=_PROOF_DAYS),
        compose_scrub(archive, clock, bytes_per_s=_SCRUB_BYTES_PER_S, unreadable=left_overs.unreadable),
        PolicyPoller(
            control,
            PolicyRows(archive.database),
            clock,
            apply=streams.apply,
            reports=None,
            heard=lambda standings: None,
            path="/api/v1/worker/recording",
        ),
        OwnClock(end.keeper, dates, clock),
    )


def _left_overs(archive: Archive, recording: WritingHalf, clock: Clock) -> LeftOvers:
    return LeftOvers(
        archive.store,
        LeftFiles(archive.places.spool, recording.quarantine),
        archive.rows,
        archive.dues,
        archive.turn,
        clock,
        is_open=recording.recorder.is_open,
    )


def _tap(settings: EdgeSettings, clock: Clock) -> TapSubscriber:
    """The tap, not started: the worker beside it is known by its key, or by being on this machine."""
    setup = TapSetup.read(
        settings.edge_tap_endpoints, settings.edge_tap_key_file, peers_dir=settings.edge_tap_peers_dir
    )
    return TapSubscriber(
        setup.endpoints, setup.keys, clock, lambda commune, _: commune == settings.commune, may_wait=True
    )


def _control(service: Service, settings: EdgeSettings, dates: DateWitness) -> httpx.AsyncClient:
    """Shows the worker's credential to control_room, and follows it nowhere else."""
    client = httpx.AsyncClient(
        base_url=settings.control_url.rstrip("/"),
        headers={"authorization": f"Bearer {settings.worker_token.get_secret_value()}"},
        event_hooks={"response": [dates.hear]},
        timeout=_TIMEOUT_S,
    )
    service.on_stop(client.aclose)
    return client


def _outside(service: Service) -> httpx.AsyncClient:
    client = httpx.AsyncClient()
    service.on_stop(client.aclose)
    return client


def _make_folders(settings: EdgeSettings) -> None:
    for folder in (settings.folder, settings.spool, settings.objects, settings.cards):
        try:
            private_folder(folder)
        except OSError as error:
            raise Unavailable(f"the folder {folder} cannot be made: {error.strerror}") from error
    close_to_others(settings.spool)
