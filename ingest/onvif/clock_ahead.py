"""How far a camera's clock is ahead of ours: what its card tells of time is told by that clock."""

from dataclasses import dataclass

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ClockAhead:
    """The camera's clock is ahead of ours by something in [least_ns, most_ns], as far as was measured."""

    least_ns: int
    most_ns: int

    @classmethod
    def measured(cls, told_ns: int, asked_ns: int, answered_ns: int) -> "ClockAhead":
        """Of a clock that told its whole second between two instants of ours."""
        return cls(told_ns - answered_ns, told_ns + _SECOND_NS - asked_ns)

    @property
    def ahead_ns(self) -> int:
        """What is taken off the camera's times: nothing while they may be right."""
        return 0 if self.least_ns <= 0 <= self.most_ns else (self.least_ns + self.most_ns) // 2

    @property
    def wrong_ns(self) -> int:
        """How far times may be wrong behind that, as long as nobody set the clock since they were told."""
        ahead_ns = self.ahead_ns
        return max(abs(self.least_ns - ahead_ns), abs(self.most_ns - ahead_ns))

    def to_ours(self, camera_ns: int) -> int:
        return camera_ns - self.ahead_ns

    def to_cameras(self, our_ns: int) -> int:
        return our_ns + self.ahead_ns

    def narrowed(self, other: "ClockAhead") -> "ClockAhead":
        """What both measurements allow; the other one where the clock was set between them."""
        least_ns, most_ns = max(self.least_ns, other.least_ns), min(self.most_ns, other.most_ns)
        return ClockAhead(least_ns, most_ns) if least_ns <= most_ns else other

    def unless_moved(self, before: "ClockAhead | None") -> "ClockAhead":
        """What was measured before, while this does not say otherwise: each picture then keeps its time."""
        if before is None or self.most_ns < before.least_ns or before.most_ns < self.least_ns:
            return self
        return before
