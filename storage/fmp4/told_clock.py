"""How far the UTC of a segment may be from the truth, by all that it holds of it."""

from dataclasses import dataclass

from shared.arrival import LOOSE_NS, MAX_DELAY_NS
from shared.mediatime import ns_from_90k
from shared.units import UtcSource
from storage.fmp4.reader import Layout, PlacedFragment


@dataclass(frozen=True, slots=True)
class ToldClock:
    """Where the UTC of pictures comes from (a value of `UtcSource`), and how far it is wrong at most.

    `wrong_ns` is None where that is not known: of recordings that do not keep it.
    """

    source: str
    wrong_ns: int | None

    def and_of(self, other: "ToldClock") -> "ToldClock":
        """What holds for pictures of both."""
        source = self.source if self.source == UtcSource.ARRIVAL else other.source
        known = [one.wrong_ns for one in (self, other) if one.wrong_ns is not None]
        return ToldClock(source, max(known) if len(known) == 2 else None)


def clock_of(layout: Layout) -> ToldClock:
    """Of the pictures of a segment, at the UTC that its media time gives them.

    `prft` keeps what was told later than the start. Of a UTC by the camera's reports that says how far media
    time went from it; of arrivals it shows the quickest, which took MAX_DELAY_NS at most.
    """
    source, told_ns = layout.identity.wall_source, layout.identity.wall_uncertainty_ns
    off_ns = [_off_ns(layout, fragment) for fragment in layout.fragments] or [0]
    if source == UtcSource.ARRIVAL:
        late_ns = -min(off_ns)
        return ToldClock(source, max(abs(late_ns), abs(late_ns + MAX_DELAY_NS + LOOSE_NS)))
    return ToldClock(source, None if told_ns < 0 else told_ns + max(map(abs, off_ns)))


def _off_ns(layout: Layout, fragment: PlacedFragment) -> int:
    """How much later than media time puts it a fragment's first picture was, as was told then."""
    shown90 = fragment.time90 + fragment.moof.samples[0].offset90
    return fragment.utc_ns - layout.identity.start_ns - ns_from_90k(shown90)
