"""Time as a port. Three clocks, three names: monotonic (now), UTC, 90 kHz (media, see mediatime)."""

import asyncio
import time
from heapq import heappop, heappush
from typing import Protocol


class Clock(Protocol):
    """What the time is, and how to wait."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, from an arbitrary start."""
        ...

    def utc_ns(self) -> int:
        """Nanoseconds of UTC since 1970; may step when the machine's clock is set."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of monotonic time, or be cancelled."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def utc_ns(self) -> int:
        return time.time_ns()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SimulatedClock:
    """A clock that stands still until told; sleepers wake in order of their deadlines."""

    def __init__(self, utc_ns: int = 1_700_000_000_000_000_000) -> None:
        self._now_ns = 0
        self._utc_offset_ns = utc_ns
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = 0

    def monotonic_ns(self) -> int:
        return self._now_ns

    def utc_ns(self) -> int:
        return self._now_ns + self._utc_offset_ns

    def step_utc(self, delta_ns: int) -> None:
        """Set the wall clock forward or back, as NTP may, without passing any monotonic time."""
        self._utc_offset_ns += delta_ns

    def pass_unseen(self, seconds: float) -> None:
        """Let time pass while nobody runs, as for a process that is frozen: sleepers are woken later."""
        self._now_ns += int(seconds * 1e9)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._count += 1
        heappush(self._sleepers, (self._now_ns + int(seconds * 1e9), self._count, woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, waking each sleeper at its own time and letting it run until it waits again."""
        end_ns = self._now_ns + int(seconds * 1e9)
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end_ns:
            due_ns, _, woken = heappop(self._sleepers)
            self._now_ns = max(self._now_ns, due_ns)
            if not woken.done():
                woken.set_result(None)
            await self._settle()
        self._now_ns = end_ns

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
