"""While the bus is away its spare counts; the newest keys are kept."""

import pytest

from control_room.identity.spare_bus import SpareBus
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BusUnavailable


class GoneBus(MemoryBus):
    gone = True

    async def increment(self, key: str, ttl_s: float) -> int:
        if self.gone:
            raise BusUnavailable("Redis does not answer")
        return await super().increment(key, ttl_s)

    async def ping(self) -> None:
        raise BusUnavailable("Redis does not answer")


async def test_what_the_bus_does_not_count_the_spare_does() -> None:
    bus = SpareBus(GoneBus(SimulatedClock()), SimulatedClock())
    assert [await bus.increment("key", 60) for _ in range(3)] == [1, 2, 3]


async def test_a_bus_that_is_back_counts_again() -> None:
    gone = GoneBus(SimulatedClock())
    bus = SpareBus(gone, SimulatedClock())
    await bus.increment("key", 60)
    gone.gone = False
    assert await bus.increment("key", 60) == 1
    assert await gone.get("key") == b"1"


async def test_that_the_bus_is_away_is_told_all_the_same() -> None:
    with pytest.raises(BusUnavailable):
        await SpareBus(GoneBus(SimulatedClock()), SimulatedClock()).ping()


async def test_a_memory_forgets_the_oldest_beyond_its_bound() -> None:
    bus = MemoryBus(SimulatedClock(), most=2)
    for key in ("one", "two", "three"):
        await bus.put(key, b"x", 60)
    assert [await bus.get(key) for key in ("one", "two", "three")] == [None, b"x", b"x"]
