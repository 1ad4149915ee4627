"""What control_room believes of a register whoever signed it: what goes on from what it has, and can be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.ledger import Watched, lines_of
from shared.errors import BadInput, BeffroiError, Conflict
from shared.evidence.ledger import Capture, Destroyed, Ground
from shared.evidence.ledger_news import CameraDayNews
from shared.evidence.merkle import root_of

STREAM, DAY = "59350/cam-a/main", "20251108"
DAY_NS = 86_400_000_000_000
START_NS = 20_400 * DAY_NS


def capture(number: int) -> Capture:
    start_ns = START_NS + number * 60_000_000_000
    return Capture(f"{STREAM}/{number}.mp4", start_ns, start_ns + 60_000_000_000, 10, f"{number:064x}")


def end(number: int, ground: Ground = Ground.DEADLINE) -> Destroyed:
    one = capture(number)
    at_ns = START_NS + 31 * DAY_NS + number
    return Destroyed(number, one.leaf(STREAM).hex(), one.start_ns, one.end_ns, one.size, at_ns, ground)


def news(captured: int, captures: int, destroyed: int = 0, ends: tuple[Destroyed, ...] = ()) -> CameraDayNews:
    made = tuple(capture(number) for number in range(captured, captured + captures))
    return CameraDayNews(STREAM, DAY, captured, destroyed, made, ends)


@given(st.lists(st.integers(0, 5), max_size=6))
def test_trees_that_grew_step_by_step_are_those_of_all_leaves(steps: list[int]) -> None:
    watched, total = Watched(STREAM, DAY), 0
    for count in steps:
        watched = watched.grown(news(total, count))
        total += count
    assert watched.captured.root == root_of(capture(number).leaf(STREAM) for number in range(total))


LIES = {
    "a segment under another day": replace(
        news(2, 1), captures=(replace(capture(2), start_ns=START_NS + DAY_NS, end_ns=START_NS + 2 * DAY_NS),)
    ),
    "a segment that ends before it begins": replace(
        news(2, 1), captures=(replace(capture(2), end_ns=START_NS - 1),)
    ),
    "other sizes than were told": news(3, 1),
    "fewer destroyed than were told": news(2, 1, destroyed=1),
    "an end of what was never captured": news(2, 0, ends=(replace(end(0), number=2),)),
    "an end before the first": news(2, 0, ends=(replace(end(0), number=-1),)),
    "more ends than captures": news(2, 0, ends=(end(0), end(1), end(1))),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_what_cannot_be_is_refused_however_well_it_is_signed(lie: CameraDayNews) -> None:
    watched = Watched(STREAM, DAY).grown(news(0, 2))
    with pytest.raises(Conflict):
        watched.grown(lie)


def test_a_day_is_over_once_it_is_past_and_nothing_of_it_is_left() -> None:
    watched = Watched(STREAM, DAY)
    assert not watched.is_over("20251209")
    watched = watched.grown(news(0, 2, ends=(end(0),)))
    assert not watched.is_over("20251209")
    watched = watched.grown(news(2, 0, destroyed=1, ends=(end(1),)))
    assert watched.is_over("20251209")
    assert not watched.is_over(DAY)


def test_each_ground_has_a_line_of_its_own_with_the_ends_of_its_pictures() -> None:
    told = news(0, 3, ends=(end(0), end(1, Ground.LOST), end(2)))
    lines = lines_of([told])
    assert [(line.ground, line.segments, line.bytes) for line in lines] == [
        ("deadline", 2, 20),
        ("lost", 1, 10),
    ]
    assert (lines[0].end - lines[0].start).total_seconds() == 180
    with pytest.raises(BeffroiError):
        lines_of([replace(told, stream="nowhere")])
    with pytest.raises(BadInput):
        lines_of([replace(told, ends=(replace(end(0), at_ns=1 << 70),))])
