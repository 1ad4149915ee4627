"""What ends the life of footage, and everything that may keep it from that, put together in one order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.clock import Clock
from shared.messages.storage import HeldShare
from storage.index.holds import HoldRows
from storage.index.locks import LockRows
from storage.lifecycle.allowance import USUAL, Allowance
from storage.lifecycle.archive import Archive
from storage.lifecycle.clock_keeper import ClockKeeper, Witnesses
from storage.lifecycle.locks import LockKeeper
from storage.lifecycle.reconciliation import Ask, Reconciliation, Refused
from storage.lifecycle.refusals import Ground, Grounds
from storage.lifecycle.retention import Overdue, Removal, Retention
from storage.metrics import HoldMetrics, LifeMetrics, LockMetrics, RetentionMetrics
from storage.objects.boot import Boot
from storage.objects.notes import Notes


@dataclass(frozen=True, slots=True)
class Destruction:
    """Retention, and those of its grounds to refuse that others work with too."""

    keeper: ClockKeeper
    locks: LockKeeper
    reconciliation: Reconciliation
    retention: Retention


def destruction(
    archive: Archive,
    life: LifeMetrics,
    clock: Clock,
    boot: Boot,
    witnesses: Witnesses,
    ask: Ask,
    first: Sequence[Ground] = (),
    copies: Sequence[Callable[[], Awaitable[object]]] = (),
    allowance: Allowance = USUAL,
    overdue: Sequence[Overdue] = (),
    notes: Notes | None = None,
    share: Callable[[], HeldShare | None] = lambda: None,
    waits_for_holds: bool = True,
    removal: Removal | None = None,
) -> Destruction:
    """`first` are the grounds to ask before all others, the rest is as Retention has it.

    `notes` keep the trusted time where those of the store cannot always be had. `share` is what
    control_room is told of how much is held. Where nothing `waits_for_holds`, those that were told last are
    enough, however long ago that was. `removal` is asked where other processes share the index.
    """
    keeper = ClockKeeper(archive.store, clock, boot, witnesses, notes, shared=removal is not None)
    locks = LockKeeper(
        LockRows(archive.database),
        HoldRows(archive.database),
        archive.store,
        archive.places.spool,
        clock,
        LockMetrics(),
    )
    reconciliation = Reconciliation(
        ask,
        archive.holds,
        clock,
        HoldMetrics(),
        refused=lambda: _refused(retention, keeper),
        share=share,
    )
    grounds: list[Ground] = [
        *first,
        archive.bond.reason_to_refuse,
        keeper.reason_to_refuse,
        archive.holds.reason_to_refuse,
        reconciliation.reason_to_refuse if waits_for_holds else reconciliation.ask,
    ]
    retention = Retention(
        archive.rows,
        archive.dues,
        archive.backlog,
        archive.places,
        Grounds(grounds),
        archive.turn,
        clock,
        RetentionMetrics(),
        life,
        [*copies, locks.sweep_once, archive.ceilings.keep],
        allowance,
        locks,
        overdue,
        removal,
    )
    return Destruction(keeper, locks, reconciliation, retention)


def _refused(retention: Retention, keeper: ClockKeeper) -> Refused:
    if retention.refused is None:
        return Refused(None, failure=retention.failure())
    return Refused(retention.refused, keeper.disputed, grounds=retention.grounds)
