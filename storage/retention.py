"""Destroys footage on time: never what a hold keeps, never what the index does not know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from storage.bond import StoreBond
from storage.deadline import DAY_NS
from storage.finishing import Places
from storage.index.dues import BATCH, DueRows
from storage.index.segments import SegmentRows
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.segment import Segment

EVERY_S = 20.0
_STALE_NS = 120 * 1_000_000_000
_LEAP_NS = DAY_NS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did. `refused` says why it destroyed nothing, if it had to."""

    destroyed: int = 0
    missing: int = 0
    failed: str | None = None
    refused: str | None = None


class Retention:
    """Each run: condemn what is due (row to garbage), remove its object, drop its row. Any step may be the
    last before a crash: the next run finds garbage rows and goes on.

    `copies` destroy what else holds footage: they are called in each run that may destroy.
    """

    def __init__(
        self,
        rows: SegmentRows,
        dues: DueRows,
        places: Places,
        bond: StoreBond,
        clock: Clock,
        metrics: RetentionMetrics,
        life: LifeMetrics,
        copies: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        self._rows = rows
        self._dues = dues
        self._places = places
        self._bond = bond
        self._clock = clock
        self._metrics = metrics
        self._life = life
        self._copies = copies
        self._log = get_logger("storage")
        self._started_ns = clock.monotonic_ns()
        self._offset_ns = clock.utc_ns() - self._started_ns
        self._completed_ns: int | None = None
        self._trouble: str | None = None

    def health(self) -> str | None:
        """Retention's own liveness: refused, failing, or not run for a while."""
        if self._trouble is not None:
            return self._trouble
        since_ns = self._started_ns if self._completed_ns is None else self._completed_ns
        if self._clock.monotonic_ns() - since_ns > _STALE_NS:
            return "retention has not completed a run for over two minutes"
        return None

    async def run(self) -> None:
        """Run for ever. Raises Unavailable when the index does: whoever runs this tries again."""
        while True:
            await self.run_once()
            await self._clock.sleep(EVERY_S)

    async def run_once(self) -> Outcome:
        """Destroy everything that is due now, or refuse."""
        refused = self._leap() or await self._bond.reason_to_refuse()
        self._metrics.refused.set(1 if refused else 0)
        if refused:
            if self._trouble is None:
                self._log.error("destruction-refused", reason=refused)
            self._trouble = f"destruction is refused: {refused}"
            return Outcome(refused=refused)
        outcome = await self._destroy()
        self._trouble = None if outcome.failed is None else f"destruction fails: {outcome.failed}"
        await self._measure()
        if outcome.failed is None:
            self._completed_ns = self._clock.monotonic_ns()
            self._metrics.last_run_s.set(self._clock.utc_ns() / 1e9)
        return outcome

    def _leap(self) -> str | None:
        """A wall clock that jumps ahead would make everything due at once."""
        leap_ns = self._clock.utc_ns() - self._clock.monotonic_ns() - self._offset_ns
        if leap_ns > _LEAP_NS:
            return "the clock has jumped ahead by over a day: set it right, or restart storage to confirm"
        return None

    async def _destroy(self) -> Outcome:
        destroyed = missing = 0
        try:
            await self._condemn()
            while garbage := await self._rows.garbage(BATCH):
                missing += await asyncio.to_thread(self._remove, garbage)
                await self._rows.drop([segment.key for segment in garbage])
                destroyed += len(garbage)
            for destroy in self._copies:
                await destroy()
        except (OSError, BeffroiError) as error:
            reason = error.detail if isinstance(error, BeffroiError) else error.strerror or str(error)
            self._log.error("destruction-failed", reason=reason)
            return Outcome(destroyed, missing, failed=reason)
        finally:
            self._metrics.destroyed.inc(destroyed)
            self._metrics.missing.inc(missing)
        if destroyed:
            self._log.info("segments-destroyed", count=destroyed, missing=missing)
        return Outcome(destroyed, missing)

    async def _condemn(self) -> None:
        """Condemn all that is due: after the days are those in force, and with the holds that are left."""
        while await self._dues.lower():
            pass
        while await self._dues.release():
            pass
        now_ns = self._clock.utc_ns()
        while await self._dues.condemn(now_ns):
            pass

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
