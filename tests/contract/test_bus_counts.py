"""Counts of every bus: the one in memory, and Redis on a real server."""

import asyncio

from shared.bus import Bus
from tests.support.eventually import eventually


async def test_a_count_goes_up_by_one(bus: Bus) -> None:
    assert [await bus.increment("count", 60) for _ in range(3)] == [1, 2, 3]


async def test_a_count_starts_anew_after_its_time_however_often_it_was_raised(bus: Bus) -> None:
    await bus.increment("count", 0.1)

    async def anew() -> bool:
        return await bus.increment("count", 0.1) == 1

    await eventually(anew, within_s=2, what="a count that starts anew")


async def test_two_counts_at_once_never_give_the_same_number(bus: Bus) -> None:
    counts = await asyncio.gather(*(bus.increment("count", 60) for _ in range(50)))
    assert sorted(counts) == list(range(1, 51))


async def test_a_count_goes_down_by_one_and_not_below_nothing(bus: Bus) -> None:
    for _ in range(3):
        await bus.increment("count", 60)
    await bus.decrement("count")
    assert await bus.increment("count", 60) == 3
    for _ in range(5):
        await bus.decrement("count")
    assert await bus.increment("count", 60) == 1


async def test_a_count_taken_back_still_starts_anew_after_its_time(bus: Bus) -> None:
    for _ in range(2):
        await bus.increment("count", 0.1)
    await bus.decrement("count")

    async def gone() -> bool:
        return await bus.get("count") is None

    await eventually(gone, within_s=2, what="a count whose time is over")


async def test_what_is_not_counted_cannot_be_taken_back(bus: Bus) -> None:
    await bus.decrement("unknown")
    assert await bus.get("unknown") is None
