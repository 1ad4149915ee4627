"""How fast an edge sends: so many bytes a second over all, in chunks of a second."""

from shared.clock import Clock

_LEAST_BYTES = 16 << 10
_MOST_BYTES = 1 << 20


class Pace:
    """Time is owed for what was sent, and never saved up: a link that was down is not flooded afterwards."""

    def __init__(self, bytes_per_s: int, clock: Clock) -> None:
        self._bytes_per_s = bytes_per_s
        self._clock = clock
        self._free_ns = 0

    @property
    def chunk_bytes(self) -> int:
        """How much is sent at one go."""
        return max(_LEAST_BYTES, min(_MOST_BYTES, self._bytes_per_s))

    async def wait(self) -> None:
        """Return when the next chunk may be sent."""
        if self.owed_ns > 0:
            await self._clock.sleep(self.owed_ns / 1e9)

    @property
    def owed_ns(self) -> int:
        """How long it is until then; negative where it was earlier."""
        return self._free_ns - self._clock.monotonic_ns()

    def sent(self, size: int) -> None:
        """So many bytes went out, or were tried to."""
        start_ns = max(self._free_ns, self._clock.monotonic_ns())
        self._free_ns = start_ns + size * 1_000_000_000 // self._bytes_per_s
