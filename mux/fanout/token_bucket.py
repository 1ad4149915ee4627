"""How fast a viewer may be sent to: a token bucket, so that no burst outgrows a link's buffer."""

from dataclasses import dataclass

from mux.rtp.weight import WIRE_PACKET_BITS

NEAR_NS = 15_000_000
"""A viewer whose handshake took less is on a local network: whatever is further away takes longer."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A rate of full packets, and how many may leave at once after a pause."""

    packets_per_s: int
    burst_packets: int

    @property
    def bits_per_s(self) -> int:
        return self.packets_per_s * WIRE_PACKET_BITS


NEAR = Pace(7000, 128)
"""67 Mb/s: browsers lose packets of faster starts, even on the same machine."""

CAREFUL = Pace(16_000_000 // WIRE_PACKET_BITS, 40)
"""16 Mb/s and bursts of 49 kB: a downlink of 20 Mb/s with a buffer of 64 kB loses none of it."""

_LEAST_PACKETS_PER_S = 16


def pace_of(*, near: bool, capacity_bps: float | None) -> Pace:
    """The pace for a link of unknown or estimated capacity; a known one is not bursted into."""
    if capacity_bps is None:
        return NEAR if near else CAREFUL
    rate = max(_LEAST_PACKETS_PER_S, int(capacity_bps / WIRE_PACKET_BITS))
    return Pace(min(rate, CAREFUL.packets_per_s), CAREFUL.burst_packets)


class TokenBucket:
    """The tokens of one viewer, shared by its tiles. A chunk larger than a full bucket may leave a full one.

    `queued` is the weight of what waits for tokens, of all tiles; `sharers` counts the tiles. Senders in step
    have to step out before `pace` changes: their lockstep group has a pace of its own.
    """

    __slots__ = ("_at_ns", "_tokens", "pace", "queued", "sharers")

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.queued = 0.0
        self.sharers = 0
        self._tokens = float(pace.burst_packets)
        self._at_ns: int | None = None

    @property
    def is_far(self) -> bool:
        """Whether a retransmission takes a noticeable time, on a link that is not known to be small."""
        return self.pace == CAREFUL

    def refill(self, now_ns: int) -> None:
        """Let time pass; what a full bucket cannot hold is lost."""
        if self._at_ns is not None and now_ns > self._at_ns:
            grown = (now_ns - self._at_ns) * self.pace.packets_per_s / 1e9
            self._tokens = min(self.pace.burst_packets, self._tokens + grown)
        self._at_ns = now_ns

    def allows(self, weight: float) -> bool:
        """Whether what weighs so much may leave now."""
        return self._tokens >= min(weight, self.pace.burst_packets)

    def spend(self, weight: float) -> None:
        """It has left. What could not wait may leave a debt, of at most a full bucket."""
        self._tokens = max(self._tokens - weight, -float(self.pace.burst_packets))

    def holds(self, other: "TokenBucket") -> bool:
        """Whether it has the other's pace and at least its tokens: it can then be counted by the other."""
        return self.pace == other.pace and self._at_ns == other._at_ns and self._tokens >= other._tokens

    def copy(self, other: "TokenBucket") -> None:
        """Have the other's tokens."""
        self._at_ns, self._tokens = other._at_ns, other._tokens
