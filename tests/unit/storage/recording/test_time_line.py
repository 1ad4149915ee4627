"""When media time is put on UTC anew; what that does to a recording: test_utc_of_pictures.py."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.units import UtcSource
from storage.recording.time_line import TimeLine

MS = 1_000_000


@settings(max_examples=40)
@given(
    off_ms=st.lists(st.integers(-400, 400), min_size=2, max_size=60),
    source=st.sampled_from(list(UtcSource)),
)
def test_a_clock_that_wavers_by_less_than_a_step_cuts_once_in_ten_seconds_at_most(
    off_ms: list[int], source: UtcSource
) -> None:
    line, begun_s, cuts = TimeLine(source, fresh=True), 0, []
    for at_s, one in enumerate(off_ms):
        if line.is_left(one * MS, source, (at_s - begun_s) * 1000 * MS):
            line, begun_s = TimeLine(source, fresh=False), at_s
            cuts.append(at_s)
    assert all(later - one >= 10 for one, later in pairwise(cuts))


@settings(max_examples=40)
@given(
    off_ms=st.integers(-500, 500),
    before=st.sampled_from(list(UtcSource)),
    source=st.sampled_from(list(UtcSource)),
)
def test_a_border_takes_up_a_drift_towards_what_is_told_and_never_beyond(
    off_ms: int, before: UtcSource, source: UtcSource
) -> None:
    taken_ns = TimeLine(before, fresh=False).taken_up(off_ms * MS, source)
    assert taken_ns * off_ms >= 0
    assert abs(taken_ns) <= abs(off_ms * MS)


def test_a_camera_whose_media_clock_runs_fast_is_cut_once_and_then_by_steps_alone() -> None:
    """By 2 percent: 20 ms a second that its pictures seem to come sooner."""
    line, begun_s, cuts = TimeLine(UtcSource.ARRIVAL, fresh=True), 0, []
    for at_s in range(1, 100):
        if line.is_left((begun_s - at_s) * 20 * MS, UtcSource.ARRIVAL, (at_s - begun_s) * 1000 * MS):
            line, begun_s = TimeLine(UtcSource.ARRIVAL, fresh=False), at_s
            cuts.append(at_s)
    assert [later - one for one, later in pairwise([0, *cuts])] == [4, 26, 26, 26]
