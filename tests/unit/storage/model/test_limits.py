"""What may be shown, whatever retention has yet to do."""

from hypothesis import given
from hypothesis import strategies as st

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


def test_what_is_past_its_days_is_shown_only_where_a_hold_keeps_it() -> None:
    limits = limits_of(None, [], [(1000, 2000)])
    now_ns = 10 * DAY_NS
    assert limits.show(0, 1000, 11, now_ns)
    assert not limits.show(0, 1000, 9, now_ns)
    assert limits.show(0, 1001, 9, now_ns)
    assert not limits.show(2000, 3000, 9, now_ns)


@given(start_ns=st.integers(0, 90 * DAY_NS), days=DAYS, authorised=DAYS, ceiling=DAYS)
def test_what_is_over_is_shown_no_more(start_ns: int, days: int, authorised: int, ceiling: int) -> None:
    now_ns = 90 * DAY_NS
    limits = limits_of(authorised, [(45 * DAY_NS, ceiling)], [])
    if start_ns <= limits.over_ns(now_ns):
        assert not limits.show(start_ns, start_ns + 1, limits.days(start_ns, days), now_ns)
