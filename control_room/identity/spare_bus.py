"""Counts that go on while Redis is away: an administrator must be able to sign in and revoke just then."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.bus import Bus, MemoryBus
from shared.clock import Clock
from shared.errors import BusUnavailable

T = TypeVar("T")

MOST_KEYS = 100_000


class SpareBus:
    """A bus that answers a call from this process's memory where the bus behind it does not answer.

    The two do not know each other's counts: somebody who guesses passwords gains the free tries once more
    when the bus goes away, and again when it comes back. The memory keeps MOST_KEYS at most and forgets the
    oldest first.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._spare = MemoryBus(clock, most=MOST_KEYS)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        await self._either(lambda bus: bus.put(key, value, ttl_s))

    async def get(self, key: str) -> bytes | None:
        return await self._either(lambda bus: bus.get(key))

    async def delete(self, key: str) -> None:
        await self._either(lambda bus: bus.delete(key))

    async def increment(self, key: str, ttl_s: float) -> int:
        return await self._either(lambda bus: bus.increment(key, ttl_s))

    async def decrement(self, key: str) -> None:
        await self._either(lambda bus: bus.decrement(key))

    async def ping(self) -> None:
        """Return when the bus itself answers."""
        await self._bus.ping()

    async def close(self) -> None:
        await self._bus.close()

    async def _either(self, call: Callable[[Bus], Awaitable[T]]) -> T:
        try:
            return await call(self._bus)
        except BusUnavailable:
            return await call(self._spare)
