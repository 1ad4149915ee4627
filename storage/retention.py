"""Destroys footage on time: never what a hold keeps, never what the index does not know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from shared.reasons import Cause, Reason, why
from storage.finishing import Places
from storage.index.dues import DueRows
from storage.index.segments import SegmentRows
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.refusals import Refusals
from storage.segment import Segment

EVERY_S = 20.0
_REFUSED_EVERY_S = 3.0
_BATCH = 200
_STALE_NS = 120 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: how many it destroyed, and how many were not there to be destroyed.

    `refused` says why it destroyed nothing, or went no further."""

    destroyed: int = 0
    missing: int = 0
    failed: Cause | Reason | None = None
    refused: str | None = None


class Retention:
    """Each run: condemn what is due (row to garbage), remove its object, drop its row. Any step may be the
    last before a crash: the next run finds garbage rows and goes on.

    `turn` is held for each batch, so that a hold is placed before it or after it. `copies` destroy what else
    holds footage: they are called in each run that may destroy to its end.
    """

    def __init__(
        self,
        rows: SegmentRows,
        dues: DueRows,
        places: Places,
        refusals: Refusals,
        turn: asyncio.Lock,
        clock: Clock,
        metrics: RetentionMetrics,
        life: LifeMetrics,
        copies: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        self._rows = rows
        self._dues = dues
        self._copies = copies
        self._places = places
        self._refusals = refusals
        self._turn = turn
        self._clock = clock
        self._metrics = metrics
        self._life = life
        self._log = get_logger("storage")
        self._started_ns = clock.monotonic_ns()
        self._completed_ns: int | None = None
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
        return None

    async def run(self) -> None:
        """Run for ever. Raises Unavailable when the index does: whoever runs this tries again."""
        while True:
            outcome = await self.run_once()
            # What stands in the way is often gone soon: control_room starts beside storage.
            await self._clock.sleep(EVERY_S if outcome.refused is None else _REFUSED_EVERY_S)

    async def run_once(self) -> Outcome:
        """Destroy everything that is due now, or refuse."""
        # Read before the clock is judged: one that leaps during the run makes nothing more due.
        now_ns = self._clock.utc_ns()
        if await self._refuses():
            return Outcome(refused=self.refused)
        outcome = await self._destroy(now_ns)
        if outcome.refused is None:
            self._trouble, failed = None, outcome.failed
            self._failure = None if failed is None else _failing(failed)
            await self._measure()
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
        destroyed = missing = 0
        failed = refused = None
        try:
            await self._condemn(now_ns)
            while counted := await self._destroy_batch():
                destroyed, missing = destroyed + counted[0], missing + counted[1]
                # A long run outlives what allowed it: the disk is unplugged, a hold cannot be kept.
                if await self._refuses():
                    refused = self.refused
                    break
            else:
                for destroy in self._copies:
                    await destroy()
        except (OSError, BeffroiError) as error:
            failed = cause_of(error)
            self._log.error("destruction-failed", reason=failed.text)
        if destroyed or missing:
            self._log.info("segments-destroyed", count=destroyed, missing=missing)
        self._metrics.destroyed.inc(destroyed)
        self._metrics.missing.inc(missing)
        return Outcome(destroyed, missing, failed, refused)

    async def _condemn(self, now_ns: int) -> None:
        """Condemn all that is due: after the days are those in force, and with the holds that are left."""
        for step in (self._dues.lower, self._dues.release, lambda: self._dues.condemn(now_ns)):
            while await self._in_turn(step):
                pass

    async def _in_turn(self, step: Callable[[], Awaitable[int]]) -> int:
        async with self._turn:
            return await step()

    async def _destroy_batch(self) -> tuple[int, int] | None:
        """How many were destroyed and how many were not there; None where nothing is condemned."""
        async with self._turn:
            garbage = await self._rows.garbage(_BATCH)
            if not garbage:
                return None
            missing = await asyncio.to_thread(self._remove, garbage)
            await self._rows.drop([segment.key for segment in garbage])
            return len(garbage) - missing, missing

    def _remove(self, garbage: Sequence[Segment]) -> int:
        """Remove the files of condemned segments; how many had none. Raises OSError. Blocking."""
        missing = 0
        for segment in garbage:
            spooled = self._places.spool.path(segment.key)
            there = spooled.exists()
            self._places.disk.remove(spooled)
            there = self._places.store.remove(segment.key) or there
            missing += not there
        return missing

    async def _measure(self) -> None:
        self._metrics.overdue_s.set(await self._dues.overdue_ns(self._clock.utc_ns()) / 1e9)
        totals = await self._rows.totals()
        for state in ("closed", "stored", "garbage"):
            count, size = totals.get(state, (0, 0))
            self._life.segments.labels(state).set(count)
            self._life.bytes.labels(state).set(size)


def _failing(cause: Cause | Reason) -> Reason:
    return why("destruction-fails", "destruction fails: {cause}", cause=cause)
