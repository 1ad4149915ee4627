"""Pictures of a camera with B-frames leave a transcoder as far apart as they were captured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux.streams.transcoder.evenly import LONGEST_NS, Evenly, Given
from shared.units import AccessUnit, Codec
from tests.support.strange_pictures import strange_units

_WORK_NS = 5_000_000
_START_NS = 1_000_000_000_000
_ONE = strange_units(Codec.H264, 1)[0]


def unit(pts90: int, run: int = 1) -> AccessUnit:
    return replace(_ONE, pts90=pts90, run=run)


def in_bursts(b_frames: int, groups: int) -> Iterator[int]:
    """The places of pictures in the order they are decoded in: one, then the B-frames shown before it."""
    yield from in_order(range(1, b_frames + 1), groups)


def in_order(b_frames: Sequence[int], groups: int) -> Iterator[int]:
    """The same with the B-frames of each burst in an order of their own: 2, 1, 3 is a pyramid's."""
    yield 0
    for start in range(0, groups * (len(b_frames) + 1), len(b_frames) + 1):
        yield from (start + len(b_frames) + 1, *(start + place for place in b_frames))


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A picture that came out: its place, when it was made and when it was passed on."""

    place: int
    made_ns: int
    at_ns: int


def passed_on(
    order: Sequence[int], fps: int, held_back: int, *, joined: float = 0, work_ns: int = _WORK_NS
) -> list[PassedOn]:
    """The pictures of a camera that sends a picture and its B-frames at once.

    The decoder holds so many back to show them in order. It has joined so many pictures after the camera's
    first: what was sent before comes at once.
    """
    evenly, step_ns = Evenly(), 1_000_000_000 // fps
    joined_ns = _START_NS + int(joined * step_ns)
    came_ns = [max(joined_ns, _START_NS + max(order[: at + 1]) * step_ns) for at in range(len(order))]
    free_ns, at_ns, next_given = joined_ns, 0, 0
    causes: list[Given] = []
    prompt: list[bool] = []
    held: list[int] = []
    found: list[PassedOn] = []
    for number, place in enumerate(order):
        free_ns = max(came_ns[number], free_ns)
        while next_given < len(order) and came_ns[next_given] <= free_ns:
            one = unit(order[next_given] * 90_000 // fps)
            causes.append(evenly.given(one, came_ns[next_given]))
            prompt.append(causes[number].newest90 == causes[-1].newest90)
            next_given += 1
        free_ns += work_ns
        held = sorted([*held, place])
        if len(held) > held_back:
            shown = held.pop(0)
            made = unit(shown * 90_000 // fps)
            due_ns = evenly.due_ns(made, causes[number], free_ns, prompt=prompt[number])
            at_ns = max(at_ns, due_ns)
            found.append(PassedOn(shown, free_ns, at_ns))
    return found


def held_back_by(order: Sequence[int]) -> int:
    """How many pictures a decoder has to hold back to show them in order."""
    return max(sum(before > place for before in order[:at]) for at, place in enumerate(order))


_ORDERS = st.integers(1, 4).flatmap(lambda count: st.permutations(range(1, count + 1)))


@pytest.mark.parametrize("fps", [6, 10, 25])
@pytest.mark.parametrize("b_frames", [(1,), (1, 2), (2, 1, 3)], ids=["one", "two", "pyramid"])
@pytest.mark.parametrize("more", [0, 1], ids=["held-back-as-needed", "held-back-one-more"])
@pytest.mark.parametrize("joined", [0, 2.9, 3.1, 7, 12.5])
def test_pictures_that_come_in_bursts_leave_one_by_one(
    b_frames: tuple[int, ...], fps: int, more: int, joined: float
) -> None:
    order = list(in_order(b_frames, 24))
    times_ns = [one.at_ns for one in passed_on(order, fps, held_back_by(order) + more, joined=joined)]
    steps_ns, step_ns = [after - before for before, after in pairwise(times_ns)], 1_000_000_000 // fps
    assert max(steps_ns) <= step_ns + (len(b_frames) + 3) * _WORK_NS
    settled = int(joined) + 3 * (len(b_frames) + 1)
    assert all(abs(one - step_ns) <= 2 * _WORK_NS for one in steps_ns[settled:])


@settings(max_examples=40)
@given(_ORDERS, st.integers(0, 2), st.integers(8, 30), st.floats(0, 30), st.integers(1, 10))
def test_no_picture_stands_longer_than_1_4_of_its_time_from_the_first_on(
    b_frames: list[int], more: int, fps: int, joined: float, work_per_cent: int
) -> None:
    order, step_ns = list(in_order(b_frames, 24)), 1_000_000_000 // fps
    held_back = held_back_by(order) + more
    work_ns = step_ns * work_per_cent // 100 // (len(b_frames) + 1)
    found = passed_on(order, fps, held_back, joined=joined, work_ns=work_ns)
    assert [one.place for one in found] == list(range(len(found)))
    longest_ns = (len(b_frames) + held_back) * step_ns
    for before, after in pairwise(found):
        assert after.at_ns - before.at_ns <= 1.4 * step_ns or longest_ns > LONGEST_NS
    assert 0 <= found[0].at_ns - found[0].made_ns <= (len(b_frames) + 1) * step_ns
    last = found[-1]
    late_ns = last.at_ns - _START_NS - last.place * step_ns
    assert late_ns <= longest_ns + step_ns


def test_the_first_picture_of_a_group_long_begun_is_passed_on_at_once() -> None:
    order = list(in_bursts(2, 24))
    first = passed_on(order, 10, 2, joined=7.5)[0]
    assert (first.place, first.at_ns) == (0, first.made_ns)


def test_another_decoder_goes_on_with_the_delay_of_the_one_before() -> None:
    order, evenly = list(in_bursts(2, 8)), Evenly()

    def late_ns(begun_ns: int) -> int:
        """How long after its capture the last of these pictures is passed on."""
        causes = [evenly.given(unit(place * 9000), begun_ns) for place in order]
        dues_ns = [
            evenly.due_ns(unit(place * 9000), cause, begun_ns, prompt=False)
            for place, cause in enumerate(causes[2:])
        ]
        return dues_ns[-1] - begun_ns

    before_ns = late_ns(_START_NS)
    evenly.begin()
    assert late_ns(_START_NS) == before_ns


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(0, 5_000_000_000), st.booleans()), max_size=40)
)
def test_no_picture_is_kept_longer_than_the_bound_whatever_its_times(
    told: list[tuple[int, int, bool]],
) -> None:
    evenly, now_ns = Evenly(), 0
    for pts90, passed_ns, prompt in told:
        now_ns += passed_ns
        cause = evenly.given(unit(pts90=pts90), now_ns)
        due_ns = evenly.due_ns(unit(pts90=pts90), cause, now_ns, prompt=prompt)
        assert now_ns <= due_ns <= now_ns + LONGEST_NS


def test_another_run_of_the_camera_is_timed_anew() -> None:
    evenly = Evenly()
    for place in in_bursts(2, 3):
        evenly.given(unit(pts90=place * 9000), _START_NS)
    cause = evenly.given(unit(run=2, pts90=0), 2 * _START_NS)
    due_ns = evenly.due_ns(unit(run=2, pts90=0), cause, 2 * _START_NS, prompt=True)
    assert due_ns == 2 * _START_NS
