"""Sets of instants as spans, held to sets of numbers."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.spans import Span
from storage.model.fetch import FetchState, judged
from storage.model.stretches import joined, within, without

SPANS = st.lists(st.builds(Span, st.integers(0, 30), st.integers(0, 30)), max_size=8)


def instants(spans: list[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start_ns, span.end_ns)}


@settings(max_examples=40)
@given(SPANS, SPANS)
def test_spans_are_joined_taken_from_each_other_and_cut_like_sets_and_lie_apart_after_it(
    one: list[Span], other: list[Span]
) -> None:
    for found, expected in (
        (joined(one), instants(one)),
        (without(one, other), instants(one) - instants(other)),
        (within(one, other), instants(one) & instants(other)),
    ):
        assert instants(found) == expected
        assert all(before.end_ns < after.start_ns for before, after in pairwise(found))
        assert all(span.length_ns > 0 for span in found)


@settings(max_examples=40)
@given(SPANS, SPANS, SPANS)
def test_each_instant_of_a_gap_is_in_one_state(
    gaps: list[Span], elsewhere: list[Span], asked: list[Span]
) -> None:
    gaps = joined(gaps)
    found = judged(gaps, elsewhere, asked)
    by_state = {state: instants([one.span for one in found if one.fetch is state]) for state in FetchState}
    there = instants(gaps) & instants(elsewhere)
    assert by_state[FetchState.FETCHING] == there & instants(asked)
    assert by_state[FetchState.TO_FETCH] == there - instants(asked)
    assert by_state[FetchState.ABSENT] == instants(gaps) - there
    assert [one.span.start_ns for one in found] == sorted(one.span.start_ns for one in found)


def test_a_hole_no_longer_than_is_said_is_no_hole() -> None:
    spans = [Span(0, 10), Span(12, 20), Span(23, 30)]
    assert joined(spans, hole_ns=2) == [Span(0, 20), Span(23, 30)]
