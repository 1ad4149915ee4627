"""Tells mux and storage whose pictures must end. What could not be told waits in the database."""

import asyncio
import json
from contextlib import suppress
from datetime import date

from control_room.db.engine import Database
from control_room.model import blocked_reason
from control_room.times import utc_now
from shared.bus import REVOKED, Bus
from shared.clock import Clock

_LOOK_AGAIN_S = 5.0


class Revoker:
    """Publishes what transactions left to be told, soon after `wake` and every few seconds."""

    def __init__(self, db: Database, bus: Bus, clock: Clock) -> None:
        self._db = db
        self._bus = bus
        self._clock = clock
        self._woken = asyncio.Event()
        self._shown: tuple[date, frozenset[str]] | None = None

    def wake(self) -> None:
        """Something was just written that must be told."""
        self._woken.set()

    async def run(self) -> None:
        """Tell for ever. Ends with an error when the database or the bus does not answer."""
        while True:
            self._woken.clear()
            await self.expire()
            await self.tell()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_AGAIN_S)

    async def tell(self) -> None:
        """Publish all that is pending; what is published is forgotten."""
        while True:
            async with self._db.read() as tx:
                pending = await tx.revocations.pending()
            if not pending:
                return
            for revocation in pending:
                await self._bus.publish(REVOKED, json.dumps(revocation.body).encode())
            async with self._db.write() as tx:
                await tx.revocations.told(revocation.number for revocation in pending)

    async def expire(self) -> None:
        """Once a day ends, revoke the streams whose authorisation ended with it."""
        today = utc_now(self._clock).date()
        if self._shown is not None and self._shown[0] == today:
            return
        async with self._db.read() as tx:
            cameras = await tx.cameras.all()
        shown = frozenset(str(camera.stream) for camera in cameras if blocked_reason(camera, today) is None)
        if self._shown is not None:
            known = {str(camera.stream) for camera in cameras}
            async with self._db.write() as tx:
                await tx.revocations.streams(sorted((self._shown[1] & known) - shown))
        self._shown = (today, shown)
