"""The segment being written, and the fragment being collected for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from shared.mediatime import TICKS_PER_SECOND, ns_from_90k
from shared.units import AccessUnit
from storage.fmp4.entry import Description
from storage.fmp4.identity import Identity
from storage.recording.spool import PendingFragment, WriterEvents


class Writer(Protocol):
    """Where the fragments of a segment go (see `storage.recording.spool.SegmentWriter`)."""

    def append(self, fragment: PendingFragment) -> bool: ...

    def close(self) -> None: ...


OpenWriter = Callable[[str, Identity, Description, WriterEvents], Writer]


@dataclass(slots=True)
class OpenSegment:
    """Media time 0 is `first_pts90`. Times are those at which pictures are shown, unless called decoded.

    Pictures come in the order in which they are decoded. Where they are shown in another order (B-frames), a
    fragment decodes its pictures at the times at which they are shown, sorted.
    """

    key: str
    writer: Writer
    description: Description
    run: int
    start_ns: int
    first_pts90: int
    boundary_ns: int
    last90: int = -1
    decoded90: int = -1
    step90: int = TICKS_PER_SECOND // 25
    sequence: int = 0
    units: list[AccessUnit] = field(default_factory=list)
    times90: list[int] = field(default_factory=list)
    collected_since_ns: int = 0

    def time90(self, unit: AccessUnit) -> int:
        """The unit's media time; two samples in order cannot share one, so it strictly grows for those."""
        told90 = unit.pts90 - self.first_pts90
        return max(0, told90) if unit.reordered else max(told90, self.last90 + 1)

    def told_ns(self, unit: AccessUnit) -> int:
        """The UTC that the segment's own time line gives to a unit."""
        return self.start_ns + ns_from_90k(unit.pts90 - self.first_pts90)

    def lead90(self, key_unit: AccessUnit) -> int:
        """How long before this key unit the next segment has to begin.

        Pictures behind it in a reordered stream may be shown before it: there is room for them where this
        segment's last picture ends.
        """
        if not key_unit.reordered:
            return 0
        return max(0, key_unit.pts90 - self.first_pts90 - self.end90)

    @property
    def end90(self) -> int:
        """Where the last picture ends, as far as is known yet."""
        if self.units and self.units[-1].reordered and len(self.times90) > 1:
            before90, last90 = sorted(self.times90)[-2:]
            self.step90 = min(max(1, last90 - before90), TICKS_PER_SECOND)
        return self.last90 + self.step90

    def may_cut_before(self, time90: int) -> bool:
        """Whether a fragment may end in front of a unit of this time: all before it are shown earlier."""
        return time90 > self.last90

    def collect(self, unit: AccessUnit, time90: int, now_ns: int) -> None:
        """Put a unit into the fragment."""
        if not self.units:
            self.collected_since_ns = now_ns
        if self.last90 >= 0 and not unit.reordered:
            self.step90 = min(time90 - self.last90, TICKS_PER_SECOND)
        self.units.append(unit)
        self.times90.append(time90)
        self.last90 = max(self.last90, time90)

    def take_fragment(self, end90: int) -> PendingFragment:
        """The fragment collected, which ends at `end90`; the next one is empty."""
        self.sequence += 1
        decoded90 = []
        for time90 in sorted(self.times90):
            self.decoded90 = max(time90, self.decoded90 + 1)
            decoded90.append(self.decoded90)
        offsets90 = tuple(shown - decoded for shown, decoded in zip(self.times90, decoded90, strict=True))
        fragment = PendingFragment(
            self.sequence,
            tuple(self.units),
            tuple(decoded90),
            max(end90, self.decoded90 + 1),
            offsets90 if any(offsets90) else (),
        )
        self.units.clear()
        self.times90.clear()
        return fragment
