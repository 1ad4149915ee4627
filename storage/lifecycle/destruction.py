"""What ends the life of footage, and everything that may keep it from that, put together in one order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.clock import Clock
from storage.lifecycle.allowance import USUAL, Allowance
from storage.lifecycle.archive import Archive
from storage.lifecycle.clock_keeper import ClockKeeper, Witnesses
from storage.lifecycle.reconciliation import Ask, Reconciliation, Refused
from storage.lifecycle.refusals import Ground, Grounds
from storage.lifecycle.retention import Overdue, Retention
from storage.metrics import HoldMetrics, LifeMetrics, RetentionMetrics
from storage.objects.boot import Boot


@dataclass(frozen=True, slots=True)
class Destruction:
    """Retention, and those of its grounds to refuse that others work with too."""

    keeper: ClockKeeper
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
) -> Destruction:
    """`first` are the grounds to ask before all others, the rest is as Retention has it."""
    keeper = ClockKeeper(archive.store, clock, boot, witnesses)
    reconciliation = Reconciliation(
        ask,
        archive.holds,
        clock,
        HoldMetrics(),
        refused=lambda: _refused(retention, keeper),
    )
    grounds: list[Ground] = [
        *first,
        archive.bond.reason_to_refuse,
        keeper.reason_to_refuse,
        archive.holds.reason_to_refuse,
        reconciliation.reason_to_refuse,
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
        copies,
        allowance,
        overdue,
    )
    return Destruction(keeper, reconciliation, retention)


def _refused(retention: Retention, keeper: ClockKeeper) -> Refused:
    if retention.refused is None:
        return Refused(None, failure=retention.failure())
    return Refused(retention.refused, keeper.disputed, grounds=retention.grounds)
