"""The legal deadline."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model.deadline import DAY_NS, days_kept, deadline_ns, month_later_ns

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


@given(st.integers(1970, 2096), days, st.integers(0, 23))
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
