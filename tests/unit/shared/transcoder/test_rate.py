"""Which pictures are coded where a camera sends more than are allowed."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.mediatime import TICKS_PER_SECOND
from shared.transcoder.rate import Rate

_SECONDS = 8


def steady(fps: Fraction | int, seconds: int = _SECONDS) -> list[int]:
    return [int(number * TICKS_PER_SECOND / fps) for number in range(int(seconds * fps))]


def kept(times90: list[int], limit: int) -> list[int]:
    rate = Rate(limit)
    return [time90 for time90 in times90 if rate.take(time90)]


@pytest.mark.parametrize("fps", [26, 28, 30, 40, 48, 50, 51, 60, Fraction(30000, 1001)])
def test_what_is_faster_than_allowed_is_shown_as_fast_as_allowed(fps: Fraction | int) -> None:
    assert len(kept(steady(fps), 25)) == pytest.approx(25 * _SECONDS, abs=1)


@pytest.mark.parametrize("fps", [1, 5, 10, Fraction(25, 2), 24, Fraction(24000, 1001), 25])
def test_what_is_not_faster_than_allowed_is_shown_whole(fps: Fraction | int) -> None:
    assert kept(steady(fps), 25) == steady(fps)


@given(
    fps=st.fractions(1, 120, max_denominator=1001),
    limit=st.integers(1, 60),
    jitter=st.floats(0, 1),
    shakes=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=50),
)
def test_whatever_the_rate_and_the_jitter_as_many_come_out_as_may(
    fps: Fraction, limit: int, jitter: float, shakes: list[float]
) -> None:
    """The jitter is up to half a picture of the camera's either way."""
    step90 = float(TICKS_PER_SECOND / fps)
    times90 = [
        int((number + 1 + jitter * shakes[number % len(shakes)]) * step90)
        for number in range(int(_SECONDS * fps))
    ]
    shown = kept(times90, limit)
    assert abs(len(shown) - min(len(times90), limit * _SECONDS)) <= _SECONDS
    for start90 in times90:
        within = sum(start90 <= time90 < start90 + TICKS_PER_SECOND for time90 in shown)
        came = sum(start90 <= time90 < start90 + TICKS_PER_SECOND for time90 in times90)
        assert within <= limit + 4
        if start90 + TICKS_PER_SECOND <= times90[-1]:
            assert within >= min(came, limit) - 2


@given(fps=st.fractions(1, 120, max_denominator=1001), limit=st.integers(1, 60))
@example(fps=Fraction(22), limit=11)
def test_what_is_left_out_of_a_steady_stream_is_spread_evenly(fps: Fraction, limit: int) -> None:
    times90 = steady(fps)
    numbers = [times90.index(time90) for time90 in kept(times90, limit)]
    steps = {after - before for before, after in pairwise(numbers[1:])}
    assert not steps or max(steps) - min(steps) <= 1


def test_a_pause_is_not_made_up_for_by_a_burst() -> None:
    times90 = [0, *(10 * TICKS_PER_SECOND + time90 for time90 in steady(100, 1))]
    assert len(kept(times90, 25)) <= 1 + 25 + 3
