"""How the database and Redis are, for `/healthz` and `/metrics`."""

import asyncio
from collections.abc import Awaitable

from control_room.db.engine import Database
from control_room.evidence.orders import Orders
from control_room.live.muxes import Muxes
from control_room.live.placement import MuxHealth
from control_room.territory.states import States
from shared import metrics
from shared.bus import Bus
from shared.errors import Unavailable

_EVERY_S = 2.0


class Health:
    """None says all is well, a sentence says what is not."""

    def __init__(self, db: Database, bus: Bus, muxes: Muxes, states: States, orders: Orders) -> None:
        self._db = db
        self._bus = bus
        self._muxes = muxes
        self._states = states
        self._orders = orders
        self.database: str | None = "not asked yet"
        self.redis: str | None = "not asked yet"
        self._up = metrics.gauge(
            "control_room_dependency_up", "Whether what the service needs answers", ["dependency"]
        )
        self._silent = metrics.gauge(
            "control_room_communes_silent", "Communes whose worker was heard once and is silent now"
        )

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Ask once."""
        self.database = await _asked(self._db.ping())
        self.redis = await _asked(self._bus.ping())
        self._up.labels("database").set(self.database is None)
        self._up.labels("redis").set(self.redis is None)
        self._up.labels("storage").set(self._orders.storage_answers)
        self._up.labels("mux").set(any(mux.health is MuxHealth.LIVING for mux in self._muxes.statuses))
        self._silent.set(self._states.communes_silent())


async def _asked(ping: Awaitable[None]) -> str | None:
    try:
        await ping
    except Unavailable as error:
        return error.detail
    return None
