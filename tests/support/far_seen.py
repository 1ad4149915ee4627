"""What a simulated browser has seen."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that could be decoded: its RTP timestamp, since when, and how long it was to be held back."""

    timestamp: int
    at_ns: int
    held_back_ms: int
    packets: int


@dataclass(slots=True)
class Seen:
    """What the browser counts."""

    packets: int = 0
    repeated: int = 0
    """Flights of its own in the handshake that it had to send again."""
    asked: int = 0
    repaired: int = 0
    given_up: int = 0
    pictures: list[Shown] = field(default_factory=list)
