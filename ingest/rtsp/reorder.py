"""Puts RTP packets that came by UDP into the order they were sent in."""

from collections.abc import Callable

from shared.clock import Clock

MAX_HELD = 64
"""Packets held for a missing one: more would be a picture of 80 kB that waits."""

MAX_HELD_NS = 50_000_000

_SEQUENCE = slice(2, 4)
_HALF = 0x8000

Give = Callable[[memoryview, int, int], None]


class Reorder:
    """Gives packets on in order. A missing one is waited for until MAX_HELD or MAX_HELD_NS, then given up."""

    def __init__(self, give: Give, clock: Clock) -> None:
        self._give, self._clock = give, clock
        self._next: int | None = None
        self._held: dict[int, bytes] = {}
        self._since_ns = 0

    def take(self, packet: bytes) -> None:
        """Take an RTP packet of at least four bytes."""
        sequence = int.from_bytes(packet[_SEQUENCE], "big")
        if self._next is None:
            self._next = sequence
        ahead = (sequence - self._next) & 0xFFFF
        if ahead == 0:
            self._pass(sequence, packet)
            self._drain()
        elif ahead >= _HALF:
            # Late or twice: the receiver counts it.
            self._give(memoryview(packet), 0, len(packet))
        else:
            if not self._held:
                self._since_ns = self._clock.monotonic_ns()
            self._held[sequence] = packet
            self.settle()

    def settle(self) -> None:
        """Give up what has been missing for too long."""
        while self._held and (
            len(self._held) > MAX_HELD or self._clock.monotonic_ns() - self._since_ns >= MAX_HELD_NS
        ):
            following = self._next or 0
            first = min(self._held, key=lambda sequence: (sequence - following) & 0xFFFF)
            self._pass(first, self._held.pop(first))
            self._drain()

    def _drain(self) -> None:
        while self._held and self._next in self._held:
            self._pass(self._next, self._held.pop(self._next))
        if self._held:
            self._since_ns = self._clock.monotonic_ns()

    def _pass(self, sequence: int, packet: bytes) -> None:
        self._next = (sequence + 1) & 0xFFFF
        self._give(memoryview(packet), 0, len(packet))
