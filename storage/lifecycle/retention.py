"""Destroys footage on time: never what a hold keeps, never what the index does not know."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from shared.reasons import Cause, Reason, why
from shared.utc import instant_of
from storage.index.backlog import BacklogRows, Left
from storage.index.dues import DueRows
from storage.index.segments import SegmentRows
from storage.lifecycle.allowance import USUAL, Allowance, Budget
from storage.lifecycle.refusals import Refusals
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.model.segment import Segment
from storage.recording.places import Places

EVERY_S = 20.0
_REFUSED_EVERY_S = 3.0
# Half of the time at most goes to a backlog; the rest is left to whoever records.
_GOES_ON_S = 0.5
_STALE_NS = 120 * 1_000_000_000
# What ends a hold is due for long, and destroyed at once: late is what stays.
_LATE_NS = 60 * 1_000_000_000
_ALARM_NS = 600 * 1_000_000_000

Overdue = Callable[[int], Awaitable[int]]
"""How long before an instant the oldest copy of some kind should have been destroyed, 0 for none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: how many it destroyed, and how many were not there to be destroyed.

    `refused` says why it destroyed nothing, or went no further. `left` is whether its allowance was used up
    before its work was done."""

    destroyed: int = 0
    missing: int = 0
    failed: Cause | Reason | None = None
    refused: str | None = None
    left: bool = False


@dataclass(slots=True)
class _Count:
    destroyed: int = 0
    missing: int = 0


class StoreLocks(Protocol):
    """What keeps the store's own locks."""

    async def release(self, keys: Sequence[str]) -> None: ...

    async def refused(self, keys: Sequence[str]) -> None: ...


class Removal(Protocol):
    """What several processes agree on before objects are removed."""

    async def claim(self, limit: int) -> Sequence[Segment]:
        """The oldest condemned segments, which none takes back from here on; none once another leads."""
        ...

    async def let_go(self) -> None:
        """Nothing that was claimed here is being removed any more."""
        ...

    def is_sure(self) -> bool:
        """Whether nobody else can lead now."""
        ...


class Retention:
    """Each run condemns what is due (its row becomes garbage), removes its object and drops its row. Any step
    may be the last before a crash: the next run finds garbage rows and goes on.

    A run does no more than `allowance` and a batch of each kind of work; the next run, soon after, takes up
    what it leaves. What is due longest goes first.

    `turn` is held for each batch, so that a hold is placed before it or after it. `copies` destroy what else
    holds footage: they are called by runs that may destroy, each `EVERY_S` at least. `overdue` tell of such
    copies how late they are, whether or not anything may be destroyed. `locks` lifts those of the
    store from what is condemned. `removal` is asked where other processes share the index.
    """

    def __init__(
        self,
        rows: SegmentRows,
        dues: DueRows,
        backlog: BacklogRows,
        places: Places,
        refusals: Refusals,
        turn: asyncio.Lock,
        clock: Clock,
        metrics: RetentionMetrics,
        life: LifeMetrics,
        copies: Sequence[Callable[[], Awaitable[object]]] = (),
        allowance: Allowance = USUAL,
        locks: StoreLocks | None = None,
        overdue: Sequence[Overdue] = (),
        removal: Removal | None = None,
    ) -> None:
        self._locks = locks
        self._removal = removal
        self._overdue = overdue
        self._late_since_ns: int | None = None
        self._oldest_ns = 0
        self._rows = rows
        self._dues = dues
        self._backlog = backlog
        self._copies = copies
        self._allowance = allowance
        self._places = places
        self._refusals = refusals
        self._turn = turn
        self._clock = clock
        self._metrics = metrics
        self._life = life
        self._log = get_logger("storage")
        self._started_ns = clock.monotonic_ns()
        self._completed_ns: int | None = None
        self._swept_ns: int | None = None
        self._trouble: str | None = None
        self._failure: Reason | None = None
        self.refused: str | None = None
        self.grounds: tuple[Reason, ...] = ()

    def health(self) -> str | None:
        """Retention's own liveness: refused, failing, or not run for a while."""
        if self._trouble is not None:
            return self._trouble
        failure = self.failure()
        return None if failure is None else failure.text

    def failure(self) -> Reason | None:
        """Why nothing is destroyed although nothing refuses it."""
        if self._failure is not None:
            return self._failure
        since_ns = self._started_ns if self._completed_ns is None else self._completed_ns
        if self._clock.monotonic_ns() - since_ns > _STALE_NS:
            return why("destruction-late", "retention has not completed a run for over two minutes")
        late_ns = self._late_since_ns
        if late_ns is not None and self._clock.monotonic_ns() - late_ns > _ALARM_NS:
            return why(
                "footage-overdue",
                "what had to be destroyed at {instant} is still there",
                instant=instant_of(self._clock.utc_ns() - self._oldest_ns).isoformat(timespec="seconds"),
            )
        return None

    def begin_anew(self) -> None:
        """Another process did this until now: how late it is counts from here."""
        self._started_ns, self._completed_ns = self._clock.monotonic_ns(), None

    async def run(self) -> None:
        """Run for ever. Raises Unavailable when the index does: whoever runs this tries again."""
        while True:
            await self._clock.sleep(_wait_s(await self.run_once()))

    async def run_once(self) -> Outcome:
        """Destroy what is due now, as far as the allowance goes, or refuse."""
        # Read before the clock is judged: one that leaps during the run makes nothing more due.
        now_ns = self._clock.utc_ns()
        if await self._refuses():
            await self._measure_overdue()
            return Outcome(refused=self.refused)
        outcome = await self._destroy(now_ns)
        if outcome.refused is None:
            self._trouble, failed = None, outcome.failed
            self._failure = None if failed is None else _failing(failed)
            await self._measure(outcome)
        if outcome.failed is None and outcome.refused is None:
            self._completed_ns = self._clock.monotonic_ns()
            self._metrics.last_run_s.set(self._clock.utc_ns() / 1e9)
        return outcome

    async def _refuses(self) -> bool:
        self.grounds = await self._refusals.reasons()
        reason = "; ".join(ground.text for ground in self.grounds) or None
        if reason is not None and self.refused is None:
            self._log.error("destruction-refused", reason=reason)
        if reason is None and self.refused is not None:
            self._trouble = None
        self.refused = reason
        self._metrics.refused.set(1 if reason else 0)
        if reason is not None:
            self._trouble = f"destruction is refused: {reason}"
        return reason is not None

    async def _destroy(self, now_ns: int) -> Outcome:
        count, budget = _Count(), Budget(self._allowance, self._clock)
        left, failed = False, None
        try:
            while not left and self.refused is None and await self._round(now_ns, budget, count):
                left = budget.spent
            if self.refused is None and not (left and self._swept_lately()):
                for destroy in self._copies:
                    await destroy()
                self._swept_ns = self._clock.monotonic_ns()
        except (OSError, BeffroiError) as error:
            failed = cause_of(error)
            self._log.error("destruction-failed", reason=failed.text)
        if count.destroyed or count.missing:
            self._log.info("segments-destroyed", count=count.destroyed, missing=count.missing)
        self._metrics.destroyed.inc(count.destroyed)
        self._metrics.missing.inc(count.missing)
        return Outcome(count.destroyed, count.missing, failed, self.refused, left)

    async def _round(self, now_ns: int, budget: Budget, count: _Count) -> bool:
        """A batch of each kind of work, so that none waits for all of another; whether there was any.

        Nothing is condemned while something condemned is there: that is due longer.
        """
        redated = await self._in_turn(self._dues.lower) + await self._in_turn(self._dues.release)
        budget.spend(redated)
        destroyed = await self._destroy_batch(budget, count)
        condemned = 0
        if not destroyed:
            condemned = await self._in_turn(lambda: self._dues.condemn(now_ns))
            budget.spend(condemned)
            more = await self._destroy_batch(budget, count)
            while more and self.refused is None and not budget.spent:
                more = await self._destroy_batch(budget, count)
        return bool(redated or destroyed or condemned)

    async def _in_turn(self, step: Callable[[], Awaitable[int]]) -> int:
        async with self._turn:
            return await step()

    async def _destroy_batch(self, budget: Budget, count: _Count) -> int:
        """Destroy some of what is condemned, and ask again whether that may go on; how many it was."""
        async with self._turn:
            garbage = await self._condemned()
            if not garbage:
                return 0
            try:
                if self._locks is not None:
                    await self._locks.release([segment.key for segment in garbage])
                missing, locked = await asyncio.to_thread(self._remove, garbage)
            except (OSError, BeffroiError):
                await self._let_go()
                raise
            gone = [segment.key for segment in garbage if segment.key not in locked]
            await self._rows.drop(gone, self._clock.utc_ns())
        count.destroyed += len(garbage) - missing - len(locked)
        count.missing += missing
        if locked:
            await self._let_go()
            await self._refused_by_store(locked)
        budget.spend(len(garbage))
        # A long run outlives what allowed it: the disk is unplugged, a hold cannot be kept.
        await self._refuses()
        return len(garbage)

    async def _condemned(self) -> Sequence[Segment]:
        if self._removal is None:
            return await self._rows.garbage(self._allowance.batch)
        return await self._removal.claim(self._allowance.batch)

    async def _let_go(self) -> None:
        if self._removal is not None:
            await self._removal.let_go()

    def _swept_lately(self) -> bool:
        if self._swept_ns is None:
            return False
        return self._clock.monotonic_ns() - self._swept_ns < EVERY_S * 1e9

    def _remove(self, garbage: Sequence[Segment]) -> tuple[int, list[str]]:
        """Remove the files of condemned segments; how many had none, and which the store does not let go.

        Raises OSError. Blocking.
        """
        missing, locked = 0, list[str]()
        for segment in garbage:
            if self._removal is not None and not self._removal.is_sure():
                # It stood still, or the index is away: another may lead, and hold what it has not removed.
                raise OSError(errno.EAGAIN, "whether another process leads is not known")
            there = self._places.spool.remove(segment.key)
            try:
                there = self._places.store.remove(segment.key) or there
            except PermissionError:
                locked.append(segment.key)
                continue
            missing += not there
        return missing, locked

    async def _refused_by_store(self, keys: Sequence[str]) -> None:
        """A lock that nobody here knows: it is lifted by the next run, unless a hold keeps the object."""
        if self._locks is not None:
            await self._locks.refused(keys)
        raise PermissionError(errno.EACCES, f"the object store does not let {keys[0]} be removed")

    async def _measure_overdue(self) -> None:
        """How late the oldest byte is: of segments, and of every copy."""
        now_ns = self._clock.utc_ns()
        try:
            copies = [await overdue(now_ns) for overdue in self._overdue]
        except OSError as error:
            # It is not known how late they are: the figure stays, and its age shows.
            self._log.error("copies-not-looked-at", reason=cause_of(error).text)
            return
        self._oldest_ns = max([await self._backlog.overdue_ns(now_ns), *copies])
        self._metrics.overdue_s.set(self._oldest_ns / 1e9)
        if self._oldest_ns <= _LATE_NS:
            self._late_since_ns = None
        elif self._late_since_ns is None:
            self._late_since_ns = self._clock.monotonic_ns()

    async def _measure(self, outcome: Outcome) -> None:
        await self._measure_overdue()
        now_ns = self._clock.utc_ns()
        done = not outcome.left and outcome.failed is None
        left = Left() if done else await self._backlog.left(now_ns)
        self._metrics.left.labels("destroy").set(left.to_destroy)
        self._metrics.left.labels("re-date").set(left.to_redate)
        totals = await self._rows.totals()
        for state in ("closed", "stored", "garbage"):
            count, size = totals.get(state, (0, 0))
            self._life.segments.labels(state).set(count)
            self._life.bytes.labels(state).set(size)


def _wait_s(outcome: Outcome) -> float:
    """How long after a run the next one follows."""
    if outcome.refused is not None:
        # What stands in the way is often gone soon: control_room starts beside storage.
        return _REFUSED_EVERY_S
    return _GOES_ON_S if outcome.left and outcome.failed is None else EVERY_S


def _failing(cause: Cause | Reason) -> Reason:
    return why("destruction-fails", "destruction fails: {cause}", cause=cause)
