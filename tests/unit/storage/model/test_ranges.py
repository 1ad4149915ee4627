"""Which times have footage and which have not."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import StreamId
from shared.spans import Span
from storage.model.ranges import coverage, gaps, present
from storage.model.segment import HOLE_NS, Footage

S = 1_000_000_000
ASKED = Span(0, 100 * S)


def footage(start_s: float, end_s: float, run: int = 1) -> Footage:
    return Footage("k", StreamId("59350", "a"), run, int(start_s * S), int(end_s * S), "avc1", "p", 30)


def test_footage_of_a_run_is_one_span_where_its_holes_are_small() -> None:
    found = present([footage(-5, 10), footage(10.1, 20), footage(30, 200)], ASKED)
    assert [one.span for one in found] == [Span(0, 20 * S), Span(30 * S, 100 * S)]
    assert gaps(found, ASKED) == [Span(20 * S, 30 * S)]
    assert coverage(found, ASKED) == 0.9


def test_another_run_is_a_span_of_its_own() -> None:
    assert len(present([footage(0, 10), footage(10, 20, run=2)], ASKED)) == 2


def test_without_footage_all_of_it_is_a_gap() -> None:
    assert (present([], ASKED), gaps([], ASKED), coverage([], ASKED)) == ([], [ASKED], 0.0)


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(1, 30)), max_size=8))
def test_present_and_missing_make_the_whole(pieces: list[tuple[int, int]]) -> None:
    found = present([footage(start, start + length) for start, length in sorted(pieces)], ASKED)
    missing = gaps(found, ASKED)
    missing_share = sum(one.length_ns for one in missing) / ASKED.length_ns
    small_holes = (len(found) + 1) * HOLE_NS / ASKED.length_ns
    assert 1 - small_holes <= coverage(found, ASKED) + missing_share <= 1 + 1e-9
