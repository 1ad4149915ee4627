"""A group that a viewer starts with, and what is counted in what it gets."""

from itertools import pairwise

from tests.unit.mux.fakes import Viewed, picture

SECOND_NS = 1_000_000_000
GROUP = [picture(0, key=True, size=3000), *(picture(number) for number in range(1, 20))]


def steps(numbers: list[int], modulus: int) -> list[int]:
    return [(later - earlier) % modulus for earlier, later in pairwise(numbers)]


def started(viewed: Viewed) -> list[bytes]:
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    return viewed.received()
