"""A clock's UTC as a datetime."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.times import utc_from_ns, utc_from_s, utc_now
from shared.clock import SimulatedClock
from tests.unit.control_room.room import NOON_NS

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_now_is_utc_in_whole_milliseconds() -> None:
    assert utc_now(SimulatedClock(NOON_NS + 1_999_999)) == NOON.replace(microsecond=1000)


def test_seconds_are_of_1970() -> None:
    assert utc_from_s(NOON_NS // 10**9) == NOON


@given(st.integers())
def test_what_a_foreign_clock_says_is_a_time_or_none(ns: int) -> None:
    told = utc_from_ns(ns)
    assert told is None or told.tzinfo is UTC


@pytest.mark.parametrize("ns", [10**30, -(10**30)])
def test_a_time_outside_all_bounds_is_none(ns: int) -> None:
    assert utc_from_ns(ns) is None
