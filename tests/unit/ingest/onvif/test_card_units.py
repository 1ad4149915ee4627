"""Pictures of a replay as units."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists, sampled_from

from ingest.checks.h264 import H264Checks
from ingest.onvif.card_units import MOST_LEAD_NS, CardUnits
from ingest.onvif.clock_ahead import ClockAhead
from ingest.onvif.replay_mark import ReplayMark
from ingest.onvif.replay_receiver import ReplayedPicture
from ingest.ports import InvalidStream
from shared.ids import StreamId
from shared.spans import Span
from shared.units import AccessUnit
from tests.support.pictures import coded_pictures

S = 1_000_000_000
STREAM = StreamId("75056", "place")
START = 1_795_000_000 * S
FPS = 25
GROUP = 50


def replayed(
    number: int, *, told: bool = True, shift_ns: int = 0, ends: bool = False, gap: bool = False
) -> ReplayedPicture:
    """Picture `number` after START; every 50th is a key picture."""
    key, data = coded_pictures(GROUP, gop=GROUP)[number % GROUP]
    utc_ns = START + number * S // FPS + shift_ns
    mark = ReplayMark(utc_ns, key, ends, False, False, 0) if told else None
    return ReplayedPicture(data, number * 90_000 // FPS & 0xFFFF_FFFF, mark, gap, ())


def made(start_s: float, end_s: float, ahead: ClockAhead | None = None) -> CardUnits:
    span = Span(START + int(start_s * S), START + int(end_s * S))
    clock = ahead or ClockAhead(-1000, 1000)
    return CardUnits(STREAM, H264Checks(b""), clock, span, run=1 << 31, clock_rate=90_000, place="camera")


def numbers(units: list[AccessUnit]) -> list[int]:
    return [round((unit.utc_ns - START) * FPS / S) for unit in units]


def taken(units: CardUnits, pictures: list[ReplayedPicture]) -> list[int]:
    found: list[AccessUnit] = []
    for picture in pictures:
        found += units.take(picture)
        if units.over:
            break
    assert [unit.seq for unit in found] == list(range(len(found)))
    assert all(one.pts90 < other.pts90 for one, other in pairwise(found))
    return numbers(found)


@given(lists(integers(0, 12 * FPS), min_size=1, max_size=4))
def test_spans_that_touch_have_each_group_once(cuts: list[int]) -> None:
    ends = [0, *sorted(cut / FPS for cut in cuts), 13.0]
    every = [replayed(number) for number in range(16 * FPS)]
    found: list[int] = []
    for start_s, end_s in pairwise(ends):
        if start_s < end_s:
            found += taken(made(start_s, end_s), every)
    assert found == list(range(14 * FPS))


@given(lists(sampled_from([0, 1, 2]), min_size=4, max_size=40))
def test_pictures_sent_again_are_left_out(repeats: list[int]) -> None:
    pictures: list[ReplayedPicture] = []
    for number, again in enumerate(repeats):
        pictures.append(replayed(number))
        pictures += [replayed(one) for one in range(max(0, number - again), number + 1)] if again else []
    units = made(0, 10)
    assert taken(units, pictures) == list(range(len(repeats)))
    assert units.repeated == len(pictures) - len(repeats)


def test_a_clock_ahead_is_taken_off() -> None:
    ahead = ClockAhead(3600 * S - 1000, 3600 * S + 1000)
    units = made(0, 2, ahead)
    assert taken(units, [replayed(number, shift_ns=3600 * S) for number in range(60)]) == list(range(50))
    assert units.over
    assert units.complete


def test_without_a_time_nothing_is_believed() -> None:
    with pytest.raises(InvalidStream):
        made(0, 2).take(replayed(0, told=False))


def test_pictures_between_two_that_have_a_time_go_at_the_streams_pace() -> None:
    pictures = [replayed(number, told=number % GROUP == 0) for number in range(120)]
    assert taken(made(0, 10), pictures) == list(range(120))


def test_long_after_the_last_time_that_was_told_pictures_are_left_out() -> None:
    units = made(0, 60)
    pictures = [replayed(number, told=number == 0) for number in range(11 * FPS)]
    assert taken(units, pictures) == list(range(10 * FPS + 1))
    assert units.unusable == FPS - 1
    with pytest.raises(InvalidStream):
        taken(units, [replayed(number, told=False) for number in range(11 * FPS, 20 * FPS)])


def test_a_hole_begins_anew_with_a_key_picture() -> None:
    before = [replayed(number, ends=number == 60) for number in range(61)]
    after = [replayed(number) for number in range(1030, 1110)]
    assert taken(made(0, 100), [*before, *after]) == [*range(61), *range(1050, 1110)]


def test_a_gap_leaves_out_what_cannot_be_decoded() -> None:
    pictures = [replayed(number, gap=number == 20) for number in (*range(10), *range(20, 110))]
    units = made(0, 100)
    assert taken(units, pictures) == [*range(10), *range(50, 110)]
    assert units.unusable == 30


def test_a_clock_that_went_back_gives_no_time_twice() -> None:
    pictures = [replayed(number) for number in range(200)]
    back = [replayed(number, shift_ns=-4 * S) for number in range(200, 320)]
    units = made(0, 100)
    found = taken(units, [*pictures, *back])
    assert found == sorted(set(found))
    assert units.repeated > 0


@pytest.mark.parametrize("off_s", [-3600, -31])
def test_another_time_than_was_asked_for_is_refused(off_s: int) -> None:
    with pytest.raises(InvalidStream):
        made(0, 2).take(replayed(0, shift_ns=off_s * S))


def test_a_time_far_behind_what_was_asked_for_ends_it() -> None:
    units = made(0, 2)
    assert units.take(replayed(0, shift_ns=2 * S + MOST_LEAD_NS)) == []
    assert units.over


@pytest.mark.parametrize(
    ("last", "ends", "complete"), [(60, False, False), (60, True, True), (210, False, True)]
)
def test_what_may_be_all_is_known(last: int, ends: bool, complete: bool) -> None:
    units = made(0, 10)
    taken(units, [replayed(number, ends=ends and number == last) for number in range(last + 1)])
    assert units.complete is complete
