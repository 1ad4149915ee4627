"""How what the control room needs is, for `/healthz`."""

from control_room.health import Health
from shared.bus import MemoryBus
from shared.errors import BusUnavailable
from tests.unit.control_room.room import Room


class Away(MemoryBus):
    """A bus that does not answer."""

    async def ping(self) -> None:
        raise BusUnavailable("Redis does not answer")


def health_of(room: Room, bus: MemoryBus) -> Health:
    rooms = room.rooms
    return Health(room.db, bus, rooms.live.muxes, rooms.territory.states, rooms.evidence.orders)


async def test_before_the_first_look_nothing_is_called_well(room: Room) -> None:
    health = health_of(room, MemoryBus(room.clock))
    assert (health.database, health.redis) == ("not asked yet", "not asked yet")


async def test_what_answers_is_well_and_what_does_not_says_why(room: Room) -> None:
    health = health_of(room, Away(room.clock))
    await health.look()
    assert (health.database, health.redis) == (None, "Redis does not answer")
