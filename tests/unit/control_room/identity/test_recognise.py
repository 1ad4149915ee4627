"""Who is asking: people by their session, machines by their credential."""

from pathlib import Path

from control_room.model.people import Role
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BusUnavailable
from tests.unit.control_room.room import open_room


class DeadBus(MemoryBus):
    """A bus that stops answering when told."""

    dead = False

    async def get(self, key: str) -> bytes | None:
        self._answer()
        return await super().get(key)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._answer()
        await super().put(key, value, ttl_s)

    async def increment(self, key: str, ttl_s: float) -> int:
        self._answer()
        return await super().increment(key, ttl_s)

    def _answer(self) -> None:
        if self.dead:
            raise BusUnavailable("Redis does not answer: connection refused")


async def test_without_redis_workers_and_the_recorder_go_on(tmp_path: Path) -> None:
    bus = DeadBus(SimulatedClock())
    async with open_room(tmp_path, bus) as room:
        admin = await room.signed_in(Role.ADMIN)
        _, worker = await room.worker(admin)
        bus.dead = True
        assert (await worker.get("/worker/cameras")).status_code == 200
        assert (await worker.put("/worker/reports", json={"reports": []})).status_code == 204
