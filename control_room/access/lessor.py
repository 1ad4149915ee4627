"""Tells mux and storage which rights hold: each second, and at once when one ends."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from control_room.db.engine import Database
from control_room.model.times import utc_now
from shared import metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.leases import EVERY_S, Lease, LeaseSigner
from shared.log import Logger


class LeasePort(Protocol):
    """See `control_room.access.lease_client.LeaseClient`."""

    async def give(self, url: str, token: str) -> None: ...


class _Place:
    """A service that is told, by its base URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.woken = asyncio.Event()
        self.reason: str | None = "it was not told yet"


class Lessor:
    """Makes leases and gives them to each service, none waiting for another."""

    def __init__(
        self,
        db: Database,
        signer: LeaseSigner,
        client: LeasePort,
        clock: Clock,
        log: Logger,
        places: Sequence[str],
        idle_s: int,
    ) -> None:
        self._db = db
        self._signer = signer
        self._client = client
        self._clock = clock
        self._log = log
        self._places = [_Place(url) for url in dict.fromkeys(places)]
        self._idle_s = idle_s
        self._told = metrics.gauge("control_room_services_told", "Services that take our leases")

    def wake(self) -> None:
        """A right has just ended: tell everybody now."""
        for place in self._places:
            place.woken.set()

    async def run(self) -> None:
        """Tell for ever."""
        async with asyncio.TaskGroup() as group:
            for place in self._places:
                group.create_task(self._keep_telling(place))

    async def lease(self) -> Lease:
        """What holds now. Raises Unavailable when the database does not answer."""
        # Before anything is looked up: what is kept meanwhile counts as later.
        now = utc_now(self._clock)
        at_ms = self._clock.utc_ns() // 1_000_000
        async with self._db.read() as tx:
            return Lease(
                at_ms,
                await tx.sessions.living(int(now.timestamp()), self._idle_s),
                frozenset(await tx.cameras.shown(now.date())),
                await tx.revocations.recent(now),
                await tx.workers.communes(),
                await tx.workers.ended_keys(),
            )

    async def _keep_telling(self, place: _Place) -> None:
        while True:
            place.woken.clear()
            await self._tell(place)
            with suppress(TimeoutError):
                await asyncio.wait_for(place.woken.wait(), EVERY_S)

    async def _tell(self, place: _Place) -> None:
        before = place.reason
        try:
            await self._client.give(place.url, self._signer.sign(await self.lease()))
            place.reason = None
        except Unavailable as error:
            place.reason = error.detail
        if place.reason != before:
            self._log.info("lease-told", service=place.url, trouble=place.reason or "none")
        self._told.set(sum(one.reason is None for one in self._places))
