"""The legal deadline."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model.deadline import DAY_NS, deadline_ns, month_later_ns

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
