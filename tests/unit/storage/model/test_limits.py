"""What may be shown, whatever retention has yet to do."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.spans import Span
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.limits import limits_of

DAYS = st.integers(1, MAX_DAYS)


def test_footage_has_the_fewest_days_that_ever_applied_to_it() -> None:
    limits = limits_of(20, [(100, 5), (200, 10)], [])
    assert [limits.days(at_ns, 30) for at_ns in (100, 101, 201)] == [5, 10, 20]
    assert limits.days(201, 3) == 3


@given(authorised=st.one_of(st.none(), st.integers(-5, 99)), days=DAYS)
def test_no_authorisation_gives_more_days_than_the_law(authorised: int | None, days: int) -> None:
    limits = limits_of(authorised, [], [])
    assert 1 <= limits.days(0, days) <= min(days, MAX_DAYS)


def test_what_is_past_its_days_is_shown_only_where_a_hold_keeps_it_and_no_further() -> None:
    limits = limits_of(None, [], [(1000, 2000)])
    now_ns = 10 * DAY_NS
    assert limits.shown(0, 1000, 11, now_ns) == (Span(0, 1000),)
    assert limits.shown(0, 1000, 9, now_ns) == ()
    assert limits.shown(0, 1001, 9, now_ns) == (Span(1000, 1001),)
    assert limits.shown(0, 9000, 9, now_ns) == (Span(1000, 2000),)
    assert limits.shown(2000, 3000, 9, now_ns) == ()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=5), st.integers(0, 20))
def test_of_held_footage_each_instant_is_shown_that_some_hold_keeps(
    holds: list[tuple[int, int]], at_ns: int
) -> None:
    held = [(start, start + length) for start, length in holds]
    spans = limits_of(None, [], held).shown(0, 20, 9, 10 * DAY_NS)
    kept = at_ns < 20 and any(start <= at_ns < end for start, end in held)
    assert any(one.start_ns <= at_ns < one.end_ns for one in spans) == kept
    assert all(one.end_ns < two.start_ns for one, two in pairwise(spans))


@given(start_ns=st.integers(0, 90 * DAY_NS), days=DAYS, authorised=DAYS, ceiling=DAYS)
def test_what_is_over_is_shown_no_more(start_ns: int, days: int, authorised: int, ceiling: int) -> None:
    now_ns = 90 * DAY_NS
    limits = limits_of(authorised, [(45 * DAY_NS, ceiling)], [])
    if start_ns <= limits.over_ns(now_ns):
        assert not limits.shown(start_ns, start_ns + 1, limits.days(start_ns, days), now_ns)
