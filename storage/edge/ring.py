"""Bounds what an edge keeps, by days and by bytes: the oldest that no hold keeps gives way."""

import asyncio
from collections.abc import Callable, Sequence

from shared.clock import Clock
from shared.log import get_logger
from storage.index.ring import RingRows
from storage.index.segments import SegmentRows
from storage.metrics import EdgeMetrics
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState

_EVERY_S = 5.0
_TOLD_NS = 600 * 1_000_000_000
_MB = 1_000_000


class Ring:
    """What gives way becomes garbage: retention removes it like what is due. `turn` is held meanwhile.

    What gives way although the centre may lack it, as `needed` tells of a key, is told for ten minutes.
    """

    def __init__(
        self,
        ring: RingRows,
        rows: SegmentRows,
        turn: asyncio.Lock,
        clock: Clock,
        metrics: EdgeMetrics,
        *,
        limit_bytes: int,
        days: int,
        needed: Callable[[str], bool],
    ) -> None:
        self._ring = ring
        self._rows = rows
        self._turn = turn
        self._clock = clock
        self._metrics = metrics
        self._limit_bytes = limit_bytes
        self._days = days
        self._needed = needed
        self._full_of_held = False
        self._size = 0
        self._lost = 0
        self._lost_ns: int | None = None
        self.dropped = 0
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Look for ever. Raises Unavailable where the index does not answer."""
        while True:
            await self.once()
            await self._clock.sleep(_EVERY_S)

    async def once(self) -> None:
        """Let go of what is too old or too much."""
        while True:
            size = await self._kept_bytes()
            before_ns = self._clock.utc_ns() - self._days * DAY_NS
            async with self._turn:
                gone = await self._ring.give_way(size - self._limit_bytes, before_ns)
            if not gone:
                break
            self._note(gone, why="room" if size > self._limit_bytes else "age")
        self._full_of_held = size > self._limit_bytes

    def health(self) -> str | None:
        if self._full_of_held:
            return f"{self._size // _MB} MB of held recordings are kept, more than the edge may keep"
        if self._lost_ns is not None and self._clock.monotonic_ns() - self._lost_ns < _TOLD_NS:
            return f"the edge is full: it gave up its {self._lost} oldest recordings that the centre may lack"
        return None

    async def _kept_bytes(self) -> int:
        totals = await self._rows.totals()
        living = (SegmentState.CLOSED, SegmentState.STORED)
        self._size = sum(totals.get(state, (0, 0))[1] for state in living)
        self._metrics.bytes.set(self._size)
        return self._size

    def _note(self, gone: Sequence[tuple[str, int]], why: str) -> None:
        for key, size in gone:
            self.dropped += 1
            self._metrics.dropped.labels(why).inc()
            if self._needed(key):
                self._lost += 1
                self._lost_ns = self._clock.monotonic_ns()
                self._log.error("recording-given-up", key=key, bytes=size, why=why)
