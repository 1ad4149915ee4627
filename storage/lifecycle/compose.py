"""Puts the life of footage together: what control_room says of it, what ends it, what looks after it."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from shared.clock import Clock
from shared.evidence.signature import EvidenceKey
from shared.messages.storage import CameraStandings, RecordingPolicy, RecordingReport
from shared.service import Service
from shared.utc import instant_of
from storage.index.held_bytes import HeldBytes
from storage.index.policies import PolicyRows
from storage.lifecycle.archive import Archive
from storage.lifecycle.clock_keeper import Witnesses
from storage.lifecycle.control_room import DateWitness, KnownToControlRoom, ToldToControlRoom
from storage.lifecycle.destruction import Destruction, destruction
from storage.lifecycle.held_share import HeldWatch
from storage.lifecycle.interruptions import Interruptions
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.lifecycle.left_overs import LeftOvers
from storage.lifecycle.policies import PolicyPoller
from storage.lifecycle.refusals import Ground, Grounds
from storage.lifecycle.retention import Overdue, Removal
from storage.lifecycle.scrub import Scrub
from storage.lifecycle.waiting import SpoolKeeper
from storage.metrics import HoldMetrics, LedgerMetrics, ScrubMetrics, WaitingMetrics
from storage.objects.boot import since_boot
from storage.objects.notes import Notes
from storage.recording.compose import WritingHalf
from storage.recording.left_files import LeftFiles
from storage.recording.recorder import Recorder
from storage.recording.spool import Spool
from storage.settings import StorageSettings

_ENDLESS_BYTES = 1 << 60
_ROOM_BYTES = 256 << 20
"""What recording needs above its reserve until the spool is looked at again."""


class Runs(Protocol):
    """Runs and checks works; see `shared.service.Service`."""

    def supervise(self, name: str, work: Callable[[], Awaitable[None]], /) -> None: ...

    def check(self, name: str, probe: Callable[[], str | None], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Shared:
    """What one of several processes agrees with the others on. `term` is that in which it leads, None where
    it does not; `reports` gives how all recordings are, None where another process tells that; `heard` passes
    on how cameras are."""

    removal: Removal
    term: Callable[[], int | None]
    reports: Callable[[], Awaitable[tuple[RecordingReport, ...] | None]]
    heard: Callable[[CameraStandings], None]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What runs for ever over what is finished."""

    end: Destruction
    held: HeldWatch
    interruptions: Interruptions
    ledger: Ledger
    poller: PolicyPoller
    scrub: Scrub
    spool: SpoolKeeper
    scrubs_bytes: bool

    def run_in(self, service: Runs, led: Runs | None = None) -> None:
        """`led` runs what only one process may do, where several share the index."""
        one = led or service
        one.supervise("spool", self.spool.run)
        one.supervise("locks", self.end.locks.run)
        one.supervise("holds", self.end.reconciliation.run)
        one.supervise("held", self.held.run)
        one.supervise("retention", self.end.retention.run)
        one.supervise("ledger", self.ledger.run)
        service.supervise("interruptions", self.interruptions.run)
        service.supervise("policies", self.poller.run)
        service.supervise("policy-ends", self.poller.run_ends)
        one.supervise("scrub-names", self.scrub.run_names)
        if self.scrubs_bytes:
            one.supervise("scrub-bytes", self.scrub.run_bytes)
        one.check("spool", self.spool.health)
        one.check("locks", self.end.locks.health)
        one.check("retention", self.end.retention.health)
        one.check("holds", self.end.reconciliation.health)
        one.check("held", self.held.health)
        one.check("ledger", self.ledger.health)
        one.check("scrub", self.scrub.health)
        service.check("control-room", self.poller.health)


def compose_lifecycle(
    settings: StorageSettings,
    archive: Archive,
    recording: WritingHalf,
    clock: Clock,
    client: httpx.AsyncClient,
    dates: DateWitness,
    key: EvidenceKey,
    *,
    first: Sequence[Ground],
    opened: Ground,
    copies: Sequence[Callable[[], Awaitable[object]]],
    overdue: Sequence[Overdue],
    local: Notes,
    away: Callable[[], str | None],
    interruptions: Interruptions,
    shared: Shared | None = None,
) -> Lifecycle:
    """`first` are the grounds to refuse all destruction before all others, `opened` that of the object store;
    `copies` ends copies of footage and `overdue` tells how late they are, `local` are notes that can always
    be had, `away` says why the object store is known not to answer. `shared` is what this process does
    together with others, where there may be any.
    """
    recorder = recording.recorder
    left_overs = _left_overs(archive, recording, clock)
    held = compose_held(settings, archive, clock)
    end = destruction(
        archive,
        recording.life,
        clock,
        since_boot,
        Witnesses(dates.now_ns, recorder.cameras_ns),
        KnownToControlRoom(client),
        [*first, opened, lambda: spool.reason_to_refuse()],
        copies=[*copies, left_overs.sweep_once, interruptions.sweep_once],
        share=lambda: held.share,
        removal=None if shared is None else shared.removal,
        overdue=[*overdue, left_overs.overdue_ns],
        notes=local,
    )
    spool = compose_spool_keeper(
        archive,
        lambda: recording.finisher.health() or away(),
        [*first, end.keeper.reason_to_refuse, end.reconciliation.reason_to_refuse],
        clock,
        limit_bytes=settings.spool_limit_mb << 20,
        copies=[*copies, left_overs.sweep_once],
        short_bytes=_short(settings, archive.places.spool),
        term=(lambda: None) if shared is None else shared.term,
    )
    poller = _poller(client, archive, recorder, interruptions, clock, shared)
    rate = max(1, int(settings.scrub_mb_s * 1e6))
    scrub = compose_scrub(archive, clock, bytes_per_s=rate, unreadable=left_overs.unreadable)
    ledger = compose_ledger(settings, archive, key, clock, client)
    return Lifecycle(
        end, held, interruptions, ledger, poller, scrub, spool, scrubs_bytes=settings.scrub_mb_s > 0
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


def _poller(
    client: httpx.AsyncClient,
    archive: Archive,
    recorder: Recorder,
    interruptions: Interruptions,
    clock: Clock,
    shared: Shared | None,
) -> PolicyPoller:
    def apply(policies: Sequence[RecordingPolicy]) -> None:
        recorder.apply(policies)
        interruptions.want(policies, instant_of(clock.utc_ns()))

    async def reports() -> tuple[RecordingReport, ...] | None:
        return recorder.reports() if shared is None else await shared.reports()

    def heard(standings: CameraStandings) -> None:
        interruptions.hear(standings)
        if shared is not None:
            shared.heard(standings)

    return PolicyPoller(
        client,
        PolicyRows(archive.database),
        clock,
        apply=apply,
        reports=reports,
        heard=heard,
    )


def compose_spool_keeper(
    archive: Archive,
    away: Callable[[], str | None],
    grounds: Sequence[Ground],
    clock: Clock,
    *,
    limit_bytes: int,
    copies: Sequence[Callable[[], Awaitable[object]]] = (),
    short_bytes: Callable[[], int] = lambda: 0,
    term: Callable[[], int | None] = lambda: None,
) -> SpoolKeeper:
    """What bounds the spool; `away` says why nothing is stored, `grounds` speak against destroying there."""
    return SpoolKeeper(
        archive.waiting,
        archive.rows,
        archive.places.spool,
        Grounds(grounds),
        archive.turn,
        clock,
        WaitingMetrics(),
        limit_bytes=limit_bytes,
        away=away,
        copies=copies,
        short_bytes=short_bytes,
        term=term,
    )


def compose_held(settings: StorageSettings, archive: Archive, clock: Clock) -> HeldWatch:
    """What measures how much holds keep."""
    return HeldWatch(
        HeldBytes(archive.database),
        _room(settings, archive.places.spool),
        clock,
        HoldMetrics(),
        alarm_percent=settings.held_alarm_percent,
    )


def _room(settings: StorageSettings, spool: Spool) -> Callable[[], int]:
    """How many bytes objects may still fill: those free in their folder; a bucket has no end of its own."""
    return lambda: _ENDLESS_BYTES if settings.s3_url else spool.disk.free_bytes(settings.objects)


def _short(settings: StorageSettings, spool: Spool) -> Callable[[], int]:
    """How much the spool's disk lacks before recording would stop; nothing where objects may fill it too."""
    if not settings.s3_url:
        return lambda: 0
    least = (settings.disk_reserve_mb << 20) + _ROOM_BYTES
    return lambda: max(0, least - spool.disk.free_bytes(spool.folder))


def compose_scrub(
    archive: Archive,
    clock: Clock,
    *,
    bytes_per_s: int,
    unreadable: Callable[[str], Awaitable[object]] | None = None,
) -> Scrub:
    """A scrub of all that is finished."""
    return Scrub(
        archive.rows,
        archive.walk,
        archive.marks,
        archive.store,
        archive.bond,
        clock,
        ScrubMetrics(),
        bytes_per_s=bytes_per_s,
        unreadable=unreadable,
    )


def compose_ledger(
    settings: StorageSettings,
    archive: Archive,
    key: EvidenceKey,
    clock: Clock,
    client: httpx.AsyncClient,
) -> Ledger:
    """The register of captures and destructions."""
    parts = LedgerParts(archive.ledger, archive.ledger_notes, key, lambda: uuid.uuid4().hex)
    tell = ToldToControlRoom(client)
    return Ledger(parts, clock, LedgerMetrics(), tell, keep_days=settings.proof_days)


def compose_client(service: Service, settings: StorageSettings, dates: DateWitness) -> httpx.AsyncClient:
    """Whoever asks control_room asks with this."""
    client = httpx.AsyncClient(
        base_url=settings.control_url.rstrip("/"),
        headers={"authorization": f"Bearer {settings.recorder_token.get_secret_value()}"},
        event_hooks={"response": [dates.hear]},
        trust_env=False,
    )
    service.on_stop(client.aclose)
    return client
