"""The bus: events between services, and small values with a time to live. Redis is one, memory another."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Protocol

from shared.clock import Clock
from shared.errors import BusUnavailable

LISTENER_QUEUE = 1000


class Bus(Protocol):
    """Every call raises BusUnavailable when nothing answers."""

    async def publish(self, channel: str, body: bytes) -> None:
        """Tell all who listen now. Nobody listening is no error; nothing is kept for later."""
        ...

    def listen(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Inside the `async with` everything published is delivered, in order.

        Raises BusUnavailable as soon as something may have been missed, within seconds even when the bus
        says nothing at all: listen anew, and look up what may have changed meanwhile.
        """
        ...

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep a value for `ttl_s` seconds, in place of the one before."""
        ...

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none or its time is over."""
        ...

    async def delete(self, key: str) -> None:
        """Forget a key; an unknown one is no error."""
        ...

    async def increment(self, key: str, ttl_s: float) -> int:
        """Count one more, and give the count; it starts anew `ttl_s` seconds after its first."""
        ...

    async def decrement(self, key: str) -> None:
        """Count one less; without effect where nothing is counted."""
        ...

    async def ping(self) -> None:
        """Return when the bus answers."""
        ...

    async def close(self) -> None: ...


class MemoryBus:
    """A bus within one process, for tests and tools.

    A listener that lets LISTENER_QUEUE messages pile up is cut off, as Redis does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: dict[str, tuple[bytes, int]] = {}
        self._listeners: dict[str, set[asyncio.Queue[bytes | None]]] = {}
        self.dropped = 0

    async def publish(self, channel: str, body: bytes) -> None:
        for queue in tuple(self._listeners.get(channel, ())):
            if queue.full():
                self._cut_off(channel, queue)
            else:
                queue.put_nowait(body)

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(LISTENER_QUEUE)
        listeners = self._listeners.setdefault(channel, set())
        listeners.add(queue)
        try:
            async with aclosing(self._drain(queue)) as messages:
                yield messages
        finally:
            listeners.discard(queue)

    @staticmethod
    async def _drain(queue: asyncio.Queue[bytes | None]) -> AsyncGenerator[bytes, None]:
        while (body := await queue.get()) is not None:
            yield body
        raise BusUnavailable("the listener was too slow and has missed messages")

    def _cut_off(self, channel: str, queue: asyncio.Queue[bytes | None]) -> None:
        self._listeners[channel].discard(queue)
        self.dropped += queue.qsize()
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._values[key] = (value, self._deadline_ns(ttl_s))

    async def get(self, key: str) -> bytes | None:
        kept = self._values.get(key)
        if kept is None or kept[1] <= self._clock.monotonic_ns():
            self._values.pop(key, None)
            return None
        return kept[0]

    async def delete(self, key: str) -> None:
        self._values.pop(key, None)

    async def increment(self, key: str, ttl_s: float) -> int:
        held = await self.get(key)
        count = 1 if held is None else int(held) + 1
        deadline_ns = self._deadline_ns(ttl_s) if held is None else self._values[key][1]
        self._values[key] = (str(count).encode(), deadline_ns)
        return count

    async def decrement(self, key: str) -> None:
        held = await self.get(key)
        if held is not None and int(held) > 0:
            self._values[key] = (str(int(held) - 1).encode(), self._values[key][1])

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        self._values.clear()

    def _deadline_ns(self, ttl_s: float) -> int:
        return self._clock.monotonic_ns() + int(ttl_s * 1e9)
