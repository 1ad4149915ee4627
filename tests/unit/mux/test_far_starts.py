"""Starts behind a bad network, in simulated time."""

import pytest

from tests.support.relay import Link
from tests.unit.mux.fakes import unit
from tests.unit.mux.far import FarWorld, lossy, start

UNITS = [
    unit(number, key=number % 50 == 0, size=30_000 if number % 50 == 0 else 8000) for number in range(50)
]
STARTS = 100


def starts(loss: float) -> list[tuple[float, int]]:
    """How long each took, and how often its browser repeated itself."""
    far = FarWorld(UNITS)
    far.come(Link(), Link())
    far.events.run_for(3)
    return sorted(start(far, *lossy(loss)) for _ in range(STARTS))


@pytest.mark.parametrize("loss", [0.0, 0.02])
def test_every_start_is_over_within_half_a_second_where_the_browser_need_not_repeat_itself(
    loss: float,
) -> None:
    """When to repeat its own lost words is for the browser: after two round trips, then after four."""
    found = starts(loss)
    assert max(first_ms for first_ms, repeated in found if not repeated) < 500
    assert found[STARTS * 95 // 100][0] < 500
    assert found[-1][0] < 1000


def test_where_one_in_twenty_is_lost_nine_starts_in_ten_are_and_none_fails() -> None:
    found = starts(0.05)
    assert found[STARTS * 9 // 10][0] < 500
    assert found[-1][0] < 3000
