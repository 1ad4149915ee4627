import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mediatime import Unwrap32, ns_from_90k, ticks_from_ns

WRAP = 1 << 32
steps = st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=50)


@given(st.integers(-(10**18), 10**18))
def test_a_duration_in_ticks_survives_nanoseconds(ticks90: int) -> None:
    assert ticks_from_ns(ns_from_90k(ticks90)) == ticks90


@given(st.integers(-(10**18), 10**18))
def test_a_duration_in_nanoseconds_is_off_by_half_a_tick_at_most(duration_ns: int) -> None:
    assert abs(ticks_from_ns(duration_ns) * 100_000 - duration_ns * 9) <= 50_000


def test_a_second_is_ninety_thousand_ticks() -> None:
    assert ticks_from_ns(1_000_000_000) == 90_000


@given(st.integers(0, WRAP - 1), steps)
def test_unwrapping_follows_steps_of_less_than_half_the_range(first: int, deltas: list[int]) -> None:
    unwrap = Unwrap32()
    true = first
    assert unwrap(first) == true
    for delta in deltas:
        true += delta
        assert unwrap(true % WRAP) == true


@given(st.lists(st.integers(0, WRAP - 1), min_size=1, max_size=50))
def test_an_unwrapped_time_is_the_same_modulo_the_range(values: list[int]) -> None:
    unwrap = Unwrap32()
    assert [unwrap(value) % WRAP for value in values] == values


@pytest.mark.parametrize(
    ("values", "unwrapped"),
    [
        ([0, WRAP - 1], [0, -1]),
        ([WRAP - 1, 0], [WRAP - 1, WRAP]),
        ([WRAP - 10, 5, WRAP - 5, 20], [WRAP - 10, WRAP + 5, WRAP - 5, WRAP + 20]),
        ([0, 1 << 31], [0, -(1 << 31)]),
    ],
)
def test_the_nearest_time_is_taken(values: list[int], unwrapped: list[int]) -> None:
    unwrap = Unwrap32()
    assert [unwrap(value) for value in values] == unwrapped


@pytest.mark.parametrize("value", [-1, WRAP])
def test_what_has_not_32_bits_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="32-bit"):
        Unwrap32()(value)
