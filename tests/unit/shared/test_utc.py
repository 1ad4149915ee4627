"""UTC as nanoseconds and as datetimes."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.utc import instant_of, ns_of

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))


@settings(max_examples=40)
@given(INSTANTS)
def test_an_instant_is_the_same_there_and_back(instant: datetime) -> None:
    assert instant_of(ns_of(instant)) == instant


def test_another_zone_is_the_same_instant() -> None:
    paris = timezone(timedelta(hours=2))
    assert ns_of(datetime(2026, 7, 1, 14, tzinfo=paris)) == ns_of(datetime(2026, 7, 1, 12, tzinfo=UTC))


def test_less_than_a_microsecond_is_left_out() -> None:
    assert instant_of(1_999) == datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
