"""Sessions in the database, under the hash of their token: who reads it cannot become anybody."""

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import PersonRow, SessionRow
from control_room.model.people import Session


class Sessions:
    """The sessions that are kept. Callers judge whether one is over, but for `living`, which tells."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, session: Session, token_hash: str) -> None:
        """Keep a new session."""
        self._session.add(
            SessionRow(
                id=session.id,
                token_hash=token_hash,
                person=session.person,
                rights_version=session.rights_version,
                until_s=session.until_s,
                renewed_s=session.renewed_s,
            )
        )
        await self._session.flush()

    async def by_token(self, token_hash: str) -> Session | None:
        """The session of a token's hash, as it is kept."""
        row = await self._session.scalar(select(SessionRow).where(SessionRow.token_hash == token_hash))
        return None if row is None else _session(row)

    async def renew(self, session_id: str, now_s: int) -> None:
        """Begin its idle time anew; without effect on one that is gone."""
        row = await self._session.get(SessionRow, session_id)
        if row is not None:
            row.renewed_s = max(row.renewed_s, now_s)

    async def end(self, session_id: str) -> None:
        """Forget a session."""
        await self._session.execute(delete(SessionRow).where(SessionRow.id == session_id))

    async def end_of(self, person: str) -> None:
        """Forget all of a person's."""
        await self._session.execute(delete(SessionRow).where(SessionRow.person == person))

    async def sweep(self, now_s: int, idle_s: int) -> None:
        """Forget those that are over."""
        await self._session.execute(
            delete(SessionRow).where(or_(SessionRow.until_s <= now_s, SessionRow.renewed_s <= now_s - idle_s))
        )

    async def living(self, now_s: int, idle_s: int) -> dict[str, int]:
        """The sessions that hold, each with its end in UTC seconds if nobody asks anything any more."""
        query = (
            select(SessionRow.id, SessionRow.until_s, SessionRow.renewed_s)
            .join(PersonRow, PersonRow.id == SessionRow.person)
            .where(
                PersonRow.enabled,
                PersonRow.rights_version == SessionRow.rights_version,
                SessionRow.until_s > now_s,
                SessionRow.renewed_s > now_s - idle_s,
            )
        )
        return {
            session: min(until_s, renewed_s + idle_s)
            for session, until_s, renewed_s in await self._session.execute(query)
        }


def _session(row: SessionRow) -> Session:
    return Session(row.id, row.person, row.rights_version, row.until_s, row.renewed_s)
