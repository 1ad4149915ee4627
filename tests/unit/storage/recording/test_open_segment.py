"""The fragment being collected, and the time line of decoding."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from storage.fmp4.description import describe
from storage.recording.open_segment import OpenSegment
from storage.recording.pending import PendingFragment
from storage.recording.time_line import TimeLine
from tests.unit.storage.workshop import units

FRAME90 = 3600


class Nowhere:
    """A writer that writes nothing."""

    def append(self, fragment: PendingFragment) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


def opened() -> OpenSegment:
    unit = units(1)[0]
    line = TimeLine(unit.utc_source, fresh=True)
    return OpenSegment("k", Nowhere(), describe(unit), unit.run, line, unit.utc_ns, unit.pts90, 0)


@given(st.permutations(range(6)), st.booleans())
def test_every_picture_is_shown_at_its_time_and_decoded_no_later(order: list[int], reordered: bool) -> None:
    segment, unit = opened(), replace(units(1)[0], reordered=reordered)
    shown = order if reordered else sorted(order)
    for number in shown:
        coming = replace(unit, pts90=segment.first_pts90 + number * FRAME90)
        segment.collect(coming, segment.time90(coming), 0)
    fragment = segment.take_fragment(6 * FRAME90)
    offsets = fragment.offsets90 or (0,) * 6
    assert list(fragment.times90) == sorted(set(fragment.times90))
    assert [time + offset for time, offset in zip(fragment.times90, offsets, strict=True)] == [
        number * FRAME90 for number in shown
    ]
    assert segment.pieces == []


def test_units_that_share_a_time_follow_each_other() -> None:
    segment, unit = opened(), units(1)[0]
    for _ in range(3):
        segment.collect(unit, segment.time90(unit), 0)
    assert segment.take_fragment(FRAME90).times90 == (0, 1, 2)
