"""The guard of a run's timestamps."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.timestamps import WIDE_JUMP_S, StandingTime, TimestampGuard, WideJump
from shared.units import MAX_REORDER90

LIMIT90 = int(WIDE_JUMP_S * 90_000)
TIMES = st.lists(st.integers(-(1 << 40), 1 << 40))
NEAR = st.lists(st.integers(-LIMIT90 // 2, LIMIT90 // 2))


def test_the_first_time_is_taken_whatever_it_is() -> None:
    assert TimestampGuard().accepts(-(1 << 50))


def test_a_time_that_goes_back_is_dropped_and_the_next_in_order_taken() -> None:
    guard = TimestampGuard()
    assert [guard.accepts(time) for time in (0, 7200, 3600, 7200, 14400)] == [True, True, False, True, True]


def test_a_reordered_stream_may_go_back_by_the_limit_and_no_further() -> None:
    guard = TimestampGuard()
    guard.accepts(0)
    guard.accepts(300_000)
    assert guard.accepts(300_000 - MAX_REORDER90, reordered=True)
    assert not guard.accepts(300_000 - MAX_REORDER90 - 1, reordered=True)
    assert not guard.accepts(299_999)


@pytest.mark.parametrize("step", [LIMIT90 + 1, -LIMIT90 - 1, 4 * 3600 * 90_000])
def test_a_wide_jump_either_way_ends_the_run(step: int) -> None:
    guard = TimestampGuard()
    guard.accepts(1000)
    with pytest.raises(WideJump):
        guard.accepts(1000 + step)


def test_a_step_at_the_limit_is_still_the_same_run() -> None:
    guard = TimestampGuard()
    guard.accepts(0)
    assert guard.accepts(LIMIT90)


@settings(deadline=None)
@given(TIMES)
def test_what_is_accepted_never_goes_back_or_far(times: list[int]) -> None:
    guard, accepted = TimestampGuard(), []
    for time in times:
        try:
            if guard.accepts(time):
                accepted.append(time)
        except WideJump:
            break
    steps = [after - before for before, after in pairwise(accepted)]
    assert all(0 <= step <= LIMIT90 for step in steps)


@settings(deadline=None)
@given(NEAR)
def test_times_in_order_are_all_accepted(times: list[int]) -> None:
    guard = TimestampGuard()
    assert all(guard.accepts(time) for time in sorted(times))


@settings(deadline=None)
@given(NEAR)
def test_only_times_below_the_highest_so_far_are_dropped(times: list[int]) -> None:
    guard, highest = TimestampGuard(), None
    for time in times:
        assert guard.accepts(time) == (highest is None or time >= highest)
        highest = time if highest is None else max(highest, time)


def test_times_that_stand_for_two_seconds_are_replaced_by_arrival() -> None:
    standing = StandingTime()
    noticed = [standing.begins(7, ms * 1_000_000) for ms in range(0, 2001, 80)]
    assert noticed == [False] * 25 + [True]
    assert [standing.time90(ms * 1_000_000) for ms in (2000, 2080, 2080, 2160)] == [0, 7200, 7201, 14_400]


def test_times_that_move_now_and_then_are_left_alone() -> None:
    standing = StandingTime()
    assert not any(standing.begins(ms // 1900, ms * 1_000_000) for ms in range(0, 20_000, 80))
    assert not standing.replaced
