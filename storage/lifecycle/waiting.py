"""Bounds what waits in the spool for an object store that does not take it, and ends it on its day."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from shared.reasons import Reason, why
from storage.index.segments import SegmentRows
from storage.index.waiting import WaitingRows
from storage.lifecycle.refusals import Grounds
from storage.metrics import WaitingMetrics
from storage.model.segment import SegmentState
from storage.recording.spool import Spool

_EVERY_S = 5.0
_BATCH = 50
_TOLD_NS = 3600 * 1_000_000_000
_MB = 1 << 20


class SpoolKeeper:
    """Gives up the oldest that no hold keeps once more than `limit_bytes` wait, or its disk is short of room
    while the store is away, so that recording goes on.

    What is given up is condemned first, and its file removed: what the store may have of it goes with
    retention. `away` says why the store takes nothing, None where it does. While it is away, what waits dies
    at its deadline here, and so do `copies` of footage, unless one of `grounds` speaks against it.
    """

    def __init__(
        self,
        waiting: WaitingRows,
        rows: SegmentRows,
        spool: Spool,
        grounds: Grounds,
        turn: asyncio.Lock,
        clock: Clock,
        metrics: WaitingMetrics,
        *,
        limit_bytes: int,
        away: Callable[[], str | None],
        copies: Sequence[Callable[[], Awaitable[object]]] = (),
        short_bytes: Callable[[], int] = lambda: 0,
        term: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`short_bytes` says how much its disk is short of, where nothing but the spool can give it back;
        `term` in which term this process leads, where several share the index."""
        self._term = term
        self._waiting = waiting
        self._rows = rows
        self._spool = spool
        self._grounds = grounds
        self._turn = turn
        self._clock = clock
        self._metrics = metrics
        self._limit_bytes = limit_bytes
        self._away = away
        self._copies = copies
        self._short_bytes = short_bytes
        self._away_ns: int | None = None
        self._count = self._size = 0
        self._given_up = 0
        self._given_up_ns: int | None = None
        self._full_of_held = False
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.once()
            await self._clock.sleep(_EVERY_S)

    async def once(self) -> None:
        """Look once. Raises Unavailable where the index does not answer, OSError."""
        await self._measure()
        while (too_much := await self._too_much()) and await self._give_up(too_much):
            await self._measure()
        self._full_of_held = too_much > 0
        if self._away_ns is not None:
            await self._end_due()

    def health(self) -> str | None:
        reason = self._reason()
        return None if reason is None else reason.text

    async def reason_to_refuse(self) -> Reason | None:
        """What control_room is told while the store is away: nothing in it can be destroyed either."""
        return None if self._away_ns is None else self._reason()

    def _reason(self) -> Reason | None:
        if self._full_of_held:
            return why(
                "spool-held",
                "{megabytes} MB of held recordings wait in the spool, more than it may hold",
                megabytes=self._size // _MB,
            )
        if self._gave_up_lately():
            return why(
                "spool-overrun",
                "the object store took too little for too long: {given_up} recordings were given up, the "
                "oldest first, and {waiting} wait in the spool",
                given_up=self._given_up,
                waiting=self._count,
            )
        if self._away_ns is not None and self._count:
            return why(
                "store-away",
                "the object store takes nothing: {waiting} recordings ({megabytes} MB) wait in the spool",
                waiting=self._count,
                megabytes=self._size // _MB,
            )
        return None

    def _gave_up_lately(self) -> bool:
        since_ns = self._given_up_ns
        return since_ns is not None and self._clock.monotonic_ns() - since_ns < _TOLD_NS

    async def _measure(self) -> None:
        totals = await self._rows.totals()
        self._count, self._size = totals.get(SegmentState.CLOSED, (0, 0))
        away, now_ns = self._away(), self._clock.monotonic_ns()
        if away is None and self._away_ns is not None:
            self._log.warning("store-back", waiting=self._count)
        if away is not None and self._away_ns is None:
            self._log.error("store-away", reason=away, waiting=self._count)
        self._away_ns = None if away is None else self._away_ns or now_ns
        self._metrics.bytes.set(self._size)
        oldest_ns = await self._waiting.oldest_ns()
        self._metrics.age_s.set(0 if oldest_ns is None else (self._clock.utc_ns() - oldest_ns) / 1e9)

    async def _too_much(self) -> int:
        """How many bytes have to go so that recording goes on."""
        short = await asyncio.to_thread(self._short_bytes) if self._away_ns is not None and self._count else 0
        return max(0, self._size - self._limit_bytes, short)

    async def _give_up(self, too_much: int) -> bool:
        """Give up what is too much, a few at a time; False where all the rest is held."""
        async with self._turn:
            gone = await self._waiting.give_up(_BATCH, size=too_much, term=self._term())
            await asyncio.to_thread(self._remove, [key for key, _ in gone])
        for key, size in gone:
            self._log.error("recording-given-up", key=key, bytes=size, why="the spool is full")
        if gone:
            self._given_up += len(gone)
            self._given_up_ns = self._clock.monotonic_ns()
            self._metrics.given_up.inc(len(gone))
        return bool(gone)

    async def _end_due(self) -> None:
        now_ns = self._clock.utc_ns()
        try:
            if await self._grounds.reasons():
                return
            while await self._end_batch(now_ns):
                pass
            for destroy in self._copies:
                await destroy()
        except (OSError, BeffroiError) as error:
            self._log.error("waiting-not-destroyed", reason=cause_of(error).text)

    async def _end_batch(self, now_ns: int) -> int:
        async with self._turn:
            gone = await self._waiting.give_up(_BATCH, due_ns=now_ns, term=self._term())
            await asyncio.to_thread(self._remove, [key for key, _ in gone])
        if gone:
            self._metrics.ended.inc(len(gone))
            self._log.info("waiting-destroyed", count=len(gone))
        return len(gone)

    def _remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._spool.remove(key)
