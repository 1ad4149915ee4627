"""When media time of a recording is put on UTC anew, and how much of a drift its segments take up. Pure."""

from dataclasses import dataclass

from shared.units import UtcSource

_STEP_NS = 500_000_000
"""UTC this far from media time is a step of a clock, wherever it comes from."""

_NEAR_NS = 60_000_000
_TOLD_NS = 20_000_000
_SELDOM_NS = 10_000_000_000
"""What is nearer than a step begins no segment more often: a clock that wavers is not to cut for ever."""

_SLEW_NS = {UtcSource.SENDER_REPORT: 40_000_000, UtcSource.ARRIVAL: 10_000_000}
"""How much of a drift the border of two segments takes up: a report is right, an arrival may be late."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """What the media time of a segment relies on: where the UTC of its first picture came from, and whether
    it is the first one of an unbroken recording."""

    source: UtcSource
    fresh: bool

    def is_left(self, off_ns: int, source: UtcSource, age_ns: int) -> bool:
        """Whether a key picture that the segment's media time puts `off_ns` too early, by a UTC of `source`,
        begins a segment of its own, `age_ns` after this one began.

        A line that relies on an arrival is given up for the first report of the camera. One that only began
        is for pictures that come sooner: arrivals are late, by as much as nobody knows, never early. Later
        the borders take that up: a camera whose media clock runs fast is not to be cut for it.
        """
        if abs(off_ns) > _STEP_NS:
            return True
        if source is UtcSource.SENDER_REPORT and self.source is UtcSource.ARRIVAL:
            return abs(off_ns) > _TOLD_NS
        if source is not self.source:
            return False
        if source is UtcSource.ARRIVAL:
            return self.fresh and -off_ns > _NEAR_NS
        return abs(off_ns) > _NEAR_NS and (self.fresh or age_ns >= _SELDOM_NS)

    def taken_up(self, off_ns: int, source: UtcSource) -> int:
        """How much of `off_ns` the next segment takes up, which begins because it is time."""
        slew_ns = _SLEW_NS[source]
        sooner = source is UtcSource.ARRIVAL and self.source is UtcSource.ARRIVAL
        return min(slew_ns, off_ns) if sooner else max(-slew_ns, min(slew_ns, off_ns))
