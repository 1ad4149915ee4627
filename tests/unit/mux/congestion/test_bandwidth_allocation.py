"""Which tiles go down to the sub stream first."""

from hypothesis import given
from hypothesis import strategies as st

from mux.congestion.bandwidth_allocation import Demand, limited

NOBODY: frozenset[str] = frozenset()
demands = st.lists(
    st.builds(
        Demand,
        mid=st.integers(0, 99).map(str),
        main_bps=st.floats(1e5, 2e7),
        sub_bps=st.floats(0, 1e6),
        pixels=st.integers(0, 4_000_000),
    ),
    max_size=16,
    unique_by=lambda one: one.mid,
)


def needed(chosen: list[Demand], down: frozenset[str]) -> float:
    return sum(one.sub_bps if one.mid in down else one.main_bps for one in chosen)


@given(demands, st.floats(0, 5e7), st.sets(st.integers(0, 99).map(str)))
def test_they_fit_or_all_that_would_help_are_down(
    chosen: list[Demand], capacity_bps: float, before: set[str]
) -> None:
    down = limited(chosen, 0.0, capacity_bps, frozenset(before))
    saving = {one.mid for one in chosen if one.saving_bps}
    assert needed(chosen, down) <= capacity_bps * (1 + 1e-9) or saving <= down


@given(demands, st.floats(0, 5e7))
def test_with_the_same_capacity_nothing_changes_again(chosen: list[Demand], capacity_bps: float) -> None:
    once = limited(chosen, 0.0, capacity_bps, NOBODY)
    settled = limited(chosen, 0.0, capacity_bps, once)
    assert limited(chosen, 0.0, capacity_bps, settled) == settled


@given(demands, st.floats(1e5, 5e7), st.floats(1.0, 1.17))
def test_a_tile_that_comes_up_stays_up_when_the_capacity_wavers_back(
    chosen: list[Demand], capacity_bps: float, more: float
) -> None:
    down = limited(chosen, 0.0, capacity_bps, frozenset(one.mid for one in chosen))
    wavered = limited(chosen, 0.0, capacity_bps * more, down)
    assert limited(chosen, 0.0, capacity_bps, wavered) <= wavered


def test_the_smallest_tile_with_the_largest_stream_goes_down_first() -> None:
    large = Demand("large", 2e6, 3e5, 1920 * 1080)
    small = Demand("small", 2e6, 3e5, 800 * 600)
    heavy = Demand("heavy", 6e6, 3e5, 1920 * 1080)
    assert limited([large, small], 0.0, 3e6, NOBODY) == {"small"}
    assert limited([large, heavy], 0.0, 7e6, NOBODY) == {"heavy"}


def test_what_goes_down_last_comes_up_first() -> None:
    large, small = Demand("large", 2e6, 3e5, 1920 * 1080), Demand("small", 2e6, 3e5, 800 * 600)
    down = limited([large, small], 0.0, 1e6, NOBODY)
    assert down == {"large", "small"}
    assert limited([large, small], 0.0, 3e6, down) == {"small"}


def test_a_tile_comes_up_only_where_that_leaves_room() -> None:
    one = Demand("one", 2e6, 3e5)
    assert limited([one], 0.0, 2.1e6, frozenset({"one"})) == {"one"}
    assert limited([one], 0.0, 2.1e6, NOBODY) == NOBODY
    assert limited([one], 0.0, 2.4e6, frozenset({"one"})) == NOBODY


def test_what_other_tiles_need_is_taken_off() -> None:
    one = Demand("one", 2e6, 3e5)
    assert limited([one], 1e6, 2.5e6, NOBODY) == {"one"}


def test_a_link_without_a_known_limit_takes_all() -> None:
    assert limited([Demand("one", 2e7, 3e5)], 0.0, None, frozenset({"one"})) == NOBODY
