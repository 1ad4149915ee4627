"""One timeline over reconnections."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mux.streams.timeline import Timeline
from tests.unit.mux.fakes import unit

SECOND_NS = 1_000_000_000


def test_within_a_run_the_cameras_own_times_count() -> None:
    timeline = Timeline()
    times = [timeline.place(unit(seq), seq * 7) for seq in (0, 1, 2, 10)]
    assert times == [0, 3600, 7200, 36000]


def test_a_new_run_goes_on_by_the_time_that_passed() -> None:
    timeline = Timeline()
    timeline.place(unit(100), 0)
    resumed = timeline.place(replace(unit(0, run=2), pts90=5_000_000_000), 4 * SECOND_NS)
    assert resumed == 4 * 90_000


def test_a_leap_within_a_run_counts_as_the_time_that_passed() -> None:
    timeline = Timeline()
    timeline.place(unit(0), 0)
    assert timeline.place(replace(unit(1), pts90=1 << 40), SECOND_NS) == 90_000


def test_pictures_left_out_to_catch_up_take_the_time_that_passed() -> None:
    timeline = Timeline(hurries=True)
    assert timeline.place(unit(0), 0) == 0
    assert timeline.place(unit(200), SECOND_NS) == 90_000
    # The last of those that waited come at once; what comes in time after them has the camera's own steps.
    assert timeline.place(unit(201), SECOND_NS + 10_000_000) == 90_900
    assert timeline.place(unit(202), SECOND_NS + 40_000_000) == 94_500
    assert timeline.place(unit(203), SECOND_NS + 41_000_000) == 98_100
    assert timeline.place(unit(228), 2 * SECOND_NS + 40_000_000) == 98_100 + 90_000


def test_a_group_of_half_a_second_that_comes_at_once_is_no_leap_of_media_time() -> None:
    """At 10 pictures a second: the key picture, the last three that wait, 15 ms apart, then live ones."""
    arrivals_ms = [0, 30, 45, 60, 160, 260, 360]
    numbers = [0, 3, 4, 5, 6, 7, 8]
    timeline = Timeline(hurries=True)
    placed = [
        timeline.place(replace(unit(number), pts90=number * 9000), at_ms * 1_000_000)
        for number, at_ms in zip(numbers, arrivals_ms, strict=True)
    ]
    early90 = [
        after - before - (at_ms - was_ms) * 90
        for before, after, was_ms, at_ms in zip(
            placed, placed[1:], arrivals_ms, arrivals_ms[1:], strict=False
        )
    ]
    assert max(map(abs, early90)) <= 1
    assert timeline.place(replace(unit(40), pts90=40 * 9000), 361_000_000) == placed[-1] + 90


def test_where_catching_up_is_over_an_early_picture_keeps_its_time() -> None:
    timeline = Timeline(hurries=True)
    times = [timeline.place(unit(number), number * 40_000_000) for number in range(3)]
    assert times == [0, 3600, 7200]
    assert timeline.place(unit(3), 81_000_000) == 10_800


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 1 << 42), st.integers(0, 5 * SECOND_NS)),
        min_size=2,
        max_size=40,
    )
)
def test_no_step_is_larger_than_ten_seconds_or_the_time_that_passed(
    steps: list[tuple[int, int, int]],
) -> None:
    timeline = Timeline()
    arrival_ns, last, run = 0, None, 0
    for more_runs, pts90, passed_ns in steps:
        run += more_runs
        arrival_ns += passed_ns
        placed = timeline.place(replace(unit(0, run=run), pts90=pts90), arrival_ns)
        if last is not None:
            assert abs(placed - last) <= max(10 * 90_000, passed_ns * 9 // 100_000 + 1) * 2
        last = placed
