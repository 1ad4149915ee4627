from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backoff import Backoff


@given(st.integers(), st.integers(1, 40))
def test_no_wait_is_longer_than_the_limit_or_shorter_than_half_the_first_step(seed: int, tries: int) -> None:
    backoff = Backoff(first_s=0.5, limit_s=15, random=Random(seed))
    assert all(0.25 <= backoff.next_s() <= 15 for _ in range(tries))


def test_steps_double_up_to_the_limit() -> None:
    class Highest(Random):
        def random(self) -> float:
            return 1.0

    backoff = Backoff(first_s=1, limit_s=5, random=Highest())
    assert [backoff.next_s() for _ in range(5)] == [1, 2, 4, 5, 5]


def test_after_a_success_waits_are_short_again() -> None:
    backoff = Backoff(first_s=1, limit_s=60, random=Random(1))
    for _ in range(6):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= 1


def test_two_clients_do_not_wait_alike() -> None:
    assert Backoff(random=Random(1)).next_s() != Backoff(random=Random(2)).next_s()


@pytest.mark.parametrize(("first_s", "limit_s"), [(0, 1), (-1, 1), (2, 1)])
def test_a_back_off_that_makes_no_sense_is_refused(first_s: float, limit_s: float) -> None:
    with pytest.raises(ValueError, match="no sense"):
        Backoff(first_s=first_s, limit_s=limit_s)
