"""The segment being written, and the fragment being collected for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from shared.errors import BadInput
from shared.mediatime import TICKS_PER_SECOND, ns_from_90k
from shared.tap.gathered import Gathered
from shared.units import MAX_REORDER90, AccessUnit
from storage.fmp4.description import describe
from storage.fmp4.entry import Description
from storage.fmp4.identity import Identity
from storage.recording.pending import PendingFragment, Piece
from storage.recording.spool import WriterEvents
from storage.recording.time_line import TimeLine

FRAGMENT90 = TICKS_PER_SECOND * 11 // 25
"""A kill loses what is not in a fragment yet, and may lose a second: 440 ms, and the 400 ms that a picture
may wait in the worker's kernel, leave room for the disk. Two turns of a worker make a fragment."""
TOGETHER90 = TICKS_PER_SECOND // 2
"""Units that came together and last as long are taken one by one: no fragment is to last over a second."""
_JUMP90 = 5 * TICKS_PER_SECOND


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
    line: TimeLine
    start_ns: int
    first_pts90: int
    boundary_ns: int
    last90: int = -1
    decoded90: int = -1
    step90: int = TICKS_PER_SECOND // 25
    sequence: int = 0
    pieces: list[Piece] = field(default_factory=list)
    times90: list[int] = field(default_factory=list)
    collected_since_ns: int = 0
    front: bytes = b""
    """What a key unit begins with that has this very description; see `front_of`."""

    reordered: bool = False
    """Whether a unit of the fragment is."""

    def time90(self, unit: AccessUnit) -> int:
        """The unit's media time; two samples in order cannot share one, so it strictly grows for those."""
        told90 = unit.pts90 - self.first_pts90
        return max(0, told90) if unit.reordered else max(told90, self.last90 + 1)

    def told_ns(self, unit: AccessUnit) -> int:
        """The UTC that the segment's own time line gives to a unit."""
        return self.start_ns + ns_from_90k(unit.pts90 - self.first_pts90)

    def can_hold(self, unit: AccessUnit, overlong_ns: int) -> bool:
        """Whether a unit, key or not, may belong to the segment, which is never longer than `overlong_ns`."""
        ahead90 = unit.pts90 - self.first_pts90 - self.last90
        back90 = MAX_REORDER90 if unit.reordered else TICKS_PER_SECOND
        return (
            unit.run == self.run
            and -back90 <= ahead90 <= _JUMP90
            and self.told_ns(unit) - self.start_ns <= overlong_ns
        )

    def goes_on_in(self, several: Gathered, overlong_ns: int) -> bool:
        """Whether it can hold all of some units, as they came, and a fragment as well."""
        first90 = several.pts90[0] - self.first_pts90
        last90 = several.pts90[-1] - self.first_pts90
        return (
            several.run == self.run
            and self.last90 < first90 <= self.last90 + _JUMP90
            and last90 - first90 < TOGETHER90
            and not self.reordered
            and ns_from_90k(last90) <= overlong_ns
        )

    def describes(self, key_unit: AccessUnit) -> bool:
        """Whether a key unit has the parameters of the segment, or none that can be read."""
        if self.front and key_unit.data.startswith(self.front):
            return True
        try:
            return describe(key_unit) == self.description
        except BadInput:
            return True

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
        if self.reordered and len(self.times90) > 1:
            before90, last90 = sorted(self.times90)[-2:]
            self.step90 = min(max(1, last90 - before90), TICKS_PER_SECOND)
        return self.last90 + self.step90

    def may_cut_before(self, time90: int) -> bool:
        """Whether a fragment may end in front of a unit of this time: all before it are shown earlier."""
        return time90 > self.last90

    def collect(self, unit: AccessUnit, time90: int, now_ns: int) -> None:
        """Put a unit into the fragment."""
        if not self.pieces:
            self.collected_since_ns = now_ns
        if self.last90 >= 0 and not unit.reordered:
            self.step90 = min(time90 - self.last90, TICKS_PER_SECOND)
        self.pieces.append(unit)
        self.times90.append(time90)
        self.last90 = max(self.last90, time90)
        self.reordered = self.reordered or unit.reordered

    @property
    def starts_with_key(self) -> bool:
        """Whether the first unit of the fragment is a key unit."""
        first = self.pieces[0]
        return isinstance(first, AccessUnit) and first.key

    def collect_together(self, several: Gathered, now_ns: int) -> None:
        """Put units into the fragment that are all shown after those before, none a key unit."""
        if not self.pieces:
            self.collected_since_ns = now_ns
        times90 = [pts90 - self.first_pts90 for pts90 in several.pts90]
        before90 = times90[-2] if len(times90) > 1 else self.last90
        self.step90 = min(times90[-1] - before90, TICKS_PER_SECOND)
        self.pieces.append(several)
        self.times90 += times90
        self.last90 = times90[-1]

    def take_fragment(self, end90: int) -> PendingFragment:
        """The fragment collected, which ends at `end90`; the next one is empty."""
        self.sequence += 1
        if self.reordered or self.times90[0] <= self.decoded90:
            decoded90, offsets90 = self._decoded()
        else:
            decoded90, offsets90 = tuple(self.times90), ()
            self.decoded90 = self.times90[-1]
        fragment = PendingFragment(
            self.sequence,
            tuple(self.pieces),
            decoded90,
            max(end90, self.decoded90 + 1),
            offsets90,
        )
        self.pieces.clear()
        self.times90.clear()
        self.reordered = False
        return fragment

    def _decoded(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """When each picture is decoded, and how much later it is shown; the latter empty where none is."""
        decoded90 = []
        for time90 in sorted(self.times90):
            self.decoded90 = max(time90, self.decoded90 + 1)
            decoded90.append(self.decoded90)
        offsets90 = tuple(shown - decoded for shown, decoded in zip(self.times90, decoded90, strict=True))
        return tuple(decoded90), offsets90 if any(offsets90) else ()
