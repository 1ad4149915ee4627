"""Revocations still to be told on the bus."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import RevocationRow

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Revocation:
    """The end of a session or of a stream."""

    number: int
    body: dict[str, str]


class Revocations:
    """Written with the change that causes them, removed once told."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sessions(self, ids: Iterable[str]) -> None:
        """These sessions are over."""
        self._session.add_all(RevocationRow(session=session) for session in ids)

    async def streams(self, streams: Iterable[str]) -> None:
        """These streams must no longer be shown."""
        self._session.add_all(RevocationRow(stream=stream) for stream in streams)

    async def pending(self) -> list[Revocation]:
        """The oldest that are not told yet."""
        rows = await self._session.scalars(select(RevocationRow).order_by(RevocationRow.number).limit(_BATCH))
        return [
            Revocation(row.number, {"session": row.session} if row.session else {"stream": row.stream or ""})
            for row in rows
        ]

    async def told(self, numbers: Iterable[int]) -> None:
        """These are told."""
        await self._session.execute(delete(RevocationRow).where(RevocationRow.number.in_(list(numbers))))
