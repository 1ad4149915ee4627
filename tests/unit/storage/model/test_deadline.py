"""The legal deadline."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model.deadline import (
    CENTRE,
    DAY_NS,
    HOUR_NS,
    SHORTEST_MONTH_NS,
    days_kept,
    deadline_ns,
    earliest_deadline_ns,
    month_later_ns,
    month_later_utc_ns,
)
from storage.model.limits import limits_of

instants = st.integers(0, 4_000_000_000 * 10**9)
days = st.integers(1, 31)


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize(
    ("capture", "month_later"),
    [
        ("2026-02-01T10:00:00", "2026-03-01T10:00:00"),
        ("2026-01-31T10:00:00", "2026-02-28T10:00:00"),
        ("2028-01-30T10:00:00", "2028-02-29T10:00:00"),
        ("2026-12-15T23:59:59", "2027-01-15T23:59:59"),
        # The 31st of January, 00:30, at the centre: not the 1st of March there, which UTC would make of it.
        ("2026-01-30T23:30:00", "2026-02-27T23:30:00"),
        # Clocks go forward in between: 11:00 at the centre is 10:00 UTC, then 09:00.
        ("2026-03-01T10:00:00", "2026-04-01T09:00:00"),
        # A month that would end at 02:30 in the night of the spring, which no clock of the centre shows.
        ("2026-02-28T01:30:00", "2026-03-28T01:30:00"),
        ("2027-02-28T01:30:00", "2027-03-28T00:30:00"),
        # Clocks go back: what UTC counts is over first. 02:30 comes twice, the first is taken.
        ("2026-10-01T10:00:00", "2026-11-01T10:00:00"),
        ("2026-09-25T00:30:00", "2026-10-25T00:30:00"),
        ("2026-03-31T00:00:00", "2026-04-30T00:00:00"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(capture: str, month_later: str) -> None:
    assert month_later_ns(ns(capture)) == ns(month_later)


def test_thirty_one_days_in_february_end_after_one_month() -> None:
    assert deadline_ns(ns("2026-02-01T10:00:00"), 31) == ns("2026-03-01T10:00:00")


def test_fifteen_days_end_after_fifteen_days() -> None:
    assert deadline_ns(ns("2026-02-01T10:00:00"), 15) == ns("2026-02-16T10:00:00")


@given(instants, days)
def test_a_deadline_never_exceeds_the_authorised_days(capture_ns: int, authorised: int) -> None:
    assert deadline_ns(capture_ns, authorised) <= capture_ns + authorised * DAY_NS


@given(instants, days)
def test_a_deadline_never_exceeds_the_calendar_month(capture_ns: int, authorised: int) -> None:
    capture = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=capture_ns // 10**9)
    end = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=deadline_ns(capture_ns, authorised) // 10**9)
    months = (end.year - capture.year) * 12 + end.month - capture.month
    assert months == 0 or (months == 1 and end.day <= capture.day)


@given(instants, days)
def test_a_deadline_is_at_least_a_day_after_the_capture(capture_ns: int, authorised: int) -> None:
    assert deadline_ns(capture_ns, authorised) >= capture_ns + DAY_NS


@given(instants, st.integers(1, 30))
def test_more_authorised_days_never_end_earlier(capture_ns: int, authorised: int) -> None:
    assert deadline_ns(capture_ns, authorised) <= deadline_ns(capture_ns, authorised + 1)


@pytest.mark.parametrize("authorised", [0, 32, -1])
def test_a_number_no_prefect_can_authorise_is_refused(authorised: int) -> None:
    with pytest.raises(ValueError, match="not an authorised number"):
        deadline_ns(0, authorised)


@given(instants, days, st.integers(0, 31))
def test_nothing_dies_before_its_minimum_unless_the_month_is_over(
    capture_ns: int, authorised: int, least: int
) -> None:
    due_ns = deadline_ns(capture_ns, days_kept(authorised, least))
    assert due_ns >= min(capture_ns + least * DAY_NS, month_later_ns(capture_ns))
    assert due_ns <= month_later_ns(capture_ns)
    if least <= authorised:
        assert due_ns == deadline_ns(capture_ns, authorised)


@given(instants, days, st.integers(-12 * 60, 14 * 60))
def test_a_deadline_is_an_instant_whatever_zone_the_capture_is_told_in(
    capture_ns: int, authorised: int, offset_minutes: int
) -> None:
    zone = timezone(timedelta(minutes=offset_minutes))
    told = datetime.fromtimestamp(capture_ns // 10**9, zone)
    again_ns = int(told.timestamp()) * 10**9
    whole_ns = capture_ns // 10**9 * 10**9
    assert deadline_ns(again_ns, authorised) == deadline_ns(whole_ns, authorised)


@given(instants)
def test_a_month_outlasts_neither_that_of_utc_nor_that_of_the_centre(capture_ns: int) -> None:
    """On the clock's face: what it shows at the end is never past the same time a month later."""
    end_s, capture_s = month_later_ns(capture_ns) // 10**9, capture_ns // 10**9
    for zone in (UTC, CENTRE):
        capture, end = (datetime.fromtimestamp(one, zone).replace(tzinfo=None) for one in (capture_s, end_s))
        month = (capture.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert end <= min(
            month + timedelta(days=capture.day - 1),
            last.replace(hour=capture.hour, minute=capture.minute, second=capture.second),
        )
    assert month_later_utc_ns(capture_ns) - month_later_ns(capture_ns) <= DAY_NS + HOUR_NS


@given(st.integers(1990, 2096), st.integers(1, 12), st.integers(-48, 48), st.integers(1, 96), days)
def test_nothing_of_a_range_is_over_before_the_earliest_that_is_told(
    year: int, month: int, hours: int, length: int, authorised: int
) -> None:
    start_ns = int((datetime(year, month, 1, 0, 20, tzinfo=UTC) + timedelta(hours=hours)).timestamp()) * 10**9
    end_ns = start_ns + length * HOUR_NS
    each = min(deadline_ns(at_ns, authorised) for at_ns in range(start_ns, end_ns, HOUR_NS // 6))
    assert earliest_deadline_ns(start_ns, end_ns, authorised) <= each


@given(instants)
def test_a_month_is_told_for_each_hour_of_utc_as_for_each_of_its_seconds(capture_ns: int) -> None:
    """Which only a zone of whole hours allows."""
    reading_s = datetime.fromtimestamp(capture_ns // 10**9, CENTRE).utcoffset()
    assert reading_s is not None
    assert reading_s % timedelta(hours=1) == timedelta(0)


@given(st.integers(1990, 2096), st.integers(-40, 100), st.integers(0, 23))
def test_no_month_is_shorter_than_the_shortest(year: int, days_on: int, hour: int) -> None:
    capture_ns = int(datetime(year, 2, 1, hour, 30, tzinfo=UTC).timestamp() + days_on * 86_400) * 10**9
    assert month_later_ns(capture_ns) - capture_ns >= SHORTEST_MONTH_NS


def test_footage_of_february_is_not_shown_in_the_hour_that_spring_takes() -> None:
    start_ns, over_ns = ns("2027-02-28T10:00:00"), ns("2027-03-28T09:00:00")
    assert deadline_ns(start_ns, 31) == over_ns
    limits = limits_of(31, [], [])
    assert limits.shown(start_ns, start_ns + 1, 31, over_ns - 1)
    assert not limits.shown(start_ns, start_ns + 1, 31, over_ns)


@given(st.integers(1990, 2096), days, st.integers(0, 21))
def test_around_the_end_of_february_nothing_outlives_the_month_in_any_year(
    year: int, authorised: int, hour: int
) -> None:
    last = datetime(year, 3, 1, tzinfo=UTC) - timedelta(days=1)
    for day in (29, 30, 31):
        capture = datetime(year, 1, day, hour, tzinfo=UTC)
        end = last.replace(hour=hour)
        earliest = min(
            capture + timedelta(days=authorised), end if day > last.day else capture + timedelta(31)
        )
        assert deadline_ns(int(capture.timestamp()) * 10**9, authorised) == int(earliest.timestamp()) * 10**9
