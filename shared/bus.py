"""The bus: small values with a time to live, shared by processes. Redis is one, memory another."""

from typing import Protocol

from shared.clock import Clock


class Bus(Protocol):
    """Every call raises BusUnavailable when nothing answers."""

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
    """A bus within one process. Beyond `most` keys the oldest are forgotten."""

    def __init__(self, clock: Clock, *, most: int = 1_000_000) -> None:
        self._clock = clock
        self._most = most
        self._values: dict[str, tuple[bytes, int]] = {}

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._keep(key, value, self._deadline_ns(ttl_s))

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
        self._keep(key, str(count).encode(), deadline_ns)
        return count

    async def decrement(self, key: str) -> None:
        held = await self.get(key)
        if held is not None and int(held) > 0:
            self._values[key] = (str(int(held) - 1).encode(), self._values[key][1])

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        self._values.clear()

    def _keep(self, key: str, value: bytes, deadline_ns: int) -> None:
        self._values[key] = (value, deadline_ns)
        while len(self._values) > self._most:
            del self._values[next(iter(self._values))]

    def _deadline_ns(self, ttl_s: float) -> int:
        return self._clock.monotonic_ns() + int(ttl_s * 1e9)
