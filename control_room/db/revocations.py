"""Ends of rights to cameras, for as long as a ticket of before may still be shown."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CameraRow, RevocationRow
from shared.leases import Revocation

KEPT = timedelta(hours=1)
"""Longer than any ticket lives."""
# Who looked before the change was kept, and got a ticket after, must fall under it.
_WHILE_IT_IS_KEPT = timedelta(seconds=1)


class Revocations:
    """Written with the change that causes them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def end(self, cameras: Iterable[str], now: datetime) -> None:
        """No ticket given so far opens these cameras, `commune/camera` each, to anybody."""
        await self._session.execute(delete(RevocationRow).where(RevocationRow.at_ms < _ms(now - KEPT)))
        self._session.add_all(
            RevocationRow(camera=camera, at_ms=_ms(now + _WHILE_IT_IS_KEPT)) for camera in cameras
        )

    async def recent(self, now: datetime) -> tuple[Revocation, ...]:
        """Those that a ticket may still be older than, and the authorisations that ended with a day."""
        kept = await self._session.execute(
            select(RevocationRow.camera, RevocationRow.at_ms)
            .where(RevocationRow.at_ms >= _ms(now - KEPT))
            .order_by(RevocationRow.number)
        )
        told = [Revocation(camera, at_ms) for camera, at_ms in kept]
        midnight = datetime.combine(now.date(), time(), UTC)
        if now - midnight < KEPT:
            told.extend(Revocation(path, _ms(midnight)) for path in await self._ended_on(now.date()))
        return tuple(told)

    async def _ended_on(self, today: date) -> list[str]:
        query = select(CameraRow.commune, CameraRow.id).where(
            CameraRow.permit_valid_until == today - timedelta(days=1)
        )
        return [f"{commune}/{camera}" for commune, camera in await self._session.execute(query)]


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
