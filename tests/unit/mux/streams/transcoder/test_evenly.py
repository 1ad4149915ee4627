"""Pictures of a camera with B-frames leave a transcoder as far apart as they were captured."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux.streams.transcoder.evenly import LONGEST_NS, Evenly
from shared.units import AccessUnit, Codec
from tests.support.strange_pictures import strange_units

_WORK_NS = 5_000_000
_START_NS = 1_000_000_000_000
_ONE = strange_units(Codec.H264, 1)[0]


def unit(pts90: int, run: int = 1) -> AccessUnit:
    return replace(_ONE, pts90=pts90, run=run)


def in_bursts(b_frames: int, groups: int) -> Iterator[int]:
    """The places of pictures in the order they are decoded in: one, then the B-frames shown before it."""
    yield 0
    for group in range(groups):
        last = (group + 1) * (b_frames + 1)
        yield from (last, *range(last - b_frames, last))


def passed_on(b_frames: int, fps: int, *, begun_before: int) -> list[tuple[int, int]]:
    """Place and time of each picture passed on of a camera that sends a picture and its B-frames at once.

    The first `begun_before` units come all together.
    """
    evenly, step_ns, order = Evenly(), 1_000_000_000 // fps, list(in_bursts(b_frames, 24))
    live_at = max(order[:begun_before], default=0)
    newest, free_ns, last_due_ns = 0, 0, 0
    waits: list[int] = []
    found: list[tuple[int, int]] = []
    for number, place in enumerate(order):
        newest = max(newest, place)
        came_ns = _START_NS + max(newest, live_at) * step_ns
        newest90 = evenly.given(unit(place * 90_000 // fps), came_ns)
        waits = sorted([*waits, place])
        free_ns = max(came_ns, free_ns) + _WORK_NS
        if number:
            made = unit(waits.pop(0) * 90_000 // fps)
            due_ns = evenly.due_ns(made, newest90, free_ns, prompt=number >= begun_before + b_frames + 1)
            last_due_ns = max(last_due_ns, due_ns)
            found.append((made.pts90 * fps // 90_000, last_due_ns))
    return found


@pytest.mark.parametrize("fps", [5, 10, 25])
@pytest.mark.parametrize("b_frames", [1, 2, 3])
@pytest.mark.parametrize("begun_before", [0, 8, 13])
def test_pictures_that_come_in_bursts_leave_one_by_one(b_frames: int, fps: int, begun_before: int) -> None:
    step_ns = 1_000_000_000 // fps
    times_ns = [due_ns for _, due_ns in passed_on(b_frames, fps, begun_before=begun_before)]
    steps_ns = [after - before for before, after in pairwise(times_ns)]
    assert max(steps_ns) <= step_ns + (b_frames + 2) * _WORK_NS
    assert all(abs(one - step_ns) <= 2 * _WORK_NS for one in steps_ns[begun_before + 2 * b_frames + 2 :])


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(0, 5_000_000_000), st.booleans()), max_size=40)
)
def test_no_picture_is_kept_longer_than_the_bound_whatever_its_times(
    told: list[tuple[int, int, bool]],
) -> None:
    evenly, now_ns, newest90 = Evenly(), 0, 0
    for pts90, passed_ns, prompt in told:
        now_ns += passed_ns
        newest90 = evenly.given(unit(pts90=pts90), now_ns)
        assert (
            now_ns <= evenly.due_ns(unit(pts90=pts90), newest90, now_ns, prompt=prompt) <= now_ns + LONGEST_NS
        )


def test_another_run_of_the_camera_is_timed_anew() -> None:
    evenly = Evenly()
    for place in in_bursts(2, 3):
        evenly.given(unit(pts90=place * 9000), _START_NS)
    newest90 = evenly.given(unit(run=2, pts90=0), 2 * _START_NS)
    due_ns = evenly.due_ns(unit(run=2, pts90=0), newest90, 2 * _START_NS, prompt=True)
    assert due_ns == 2 * _START_NS
