"""Holds in the database."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import HoldRow
from control_room.model.evidence import Hold, HoldStatus
from control_room.model.paging import Asked, Slice
from control_room.model.people import Principal
from shared.errors import NotFound
from shared.reasons import Reason, kept, read, why

_OPEN_HOLDS = (HoldStatus.PENDING, HoldStatus.RELEASING)
_ACTIVE_HOLDS = (HoldStatus.PENDING, HoldStatus.PLACED)
_ENDED_HOLDS = (HoldStatus.RELEASING, HoldStatus.RELEASED)


class Holds:
    """Holds; a released one stays as a trace."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, hold_id: str) -> Hold:
        """One hold. Raises NotFound."""
        return _hold(await self._row(hold_id))

    async def page(self, asked: Asked, communes: Collection[str]) -> Slice[Hold]:
        """The holds of these communes, newest first."""
        query = select(HoldRow).where(HoldRow.commune.in_(communes)).order_by(HoldRow.number.desc())
        before = asked.after(int)
        if before is not None:
            query = query.where(HoldRow.number < before[0])
        rows = (await self._session.scalars(query.limit(asked.limit + 1))).all()
        return asked.cut([_hold(row) for row in rows], [(row.number,) for row in rows])

    async def open(self) -> list[Hold]:
        """Those storage still has to place or to release, oldest first."""
        query = select(HoldRow).where(HoldRow.status.in_(_OPEN_HOLDS)).order_by(HoldRow.number)
        return [_hold(row) for row in await self._session.scalars(query)]

    async def active(self) -> list[Hold]:
        """Those that have to be kept, whether storage has told that it does or not, oldest first."""
        query = select(HoldRow).where(HoldRow.status.in_(_ACTIVE_HOLDS)).order_by(HoldRow.number)
        return [_hold(row) for row in await self._session.scalars(query)]

    async def ended(self, hold_ids: Collection[str]) -> set[str]:
        """Those of some holds that a person has released."""
        query = select(HoldRow.id).where(HoldRow.id.in_(hold_ids), HoldRow.status.in_(_ENDED_HOLDS))
        return set(await self._session.scalars(query))

    async def principal(self, hold_id: str) -> Principal:
        """On whose behalf storage is asked."""
        row = await self._row(hold_id)
        return Principal(row.person, row.session)

    async def add(self, hold: Hold, principal: Principal) -> None:
        """Keep a new hold."""
        self._session.add(
            HoldRow(
                id=hold.id,
                commune=hold.commune,
                camera=hold.camera,
                start=hold.start,
                end=hold.end,
                reference=hold.reference,
                motive=hold.motive,
                placed_by=hold.placed_by,
                person=principal.person,
                session=principal.session,
                placed_at=hold.placed_at,
                status=hold.status,
                reason=hold.reason,
                why="",
            )
        )

    async def advance(self, hold_id: str, seen: HoldStatus, status: HoldStatus, told: str | Reason) -> bool:
        """Keep where a hold is now, unless it is no longer as it was `seen`; whether it was kept."""
        row = await self._row(hold_id)
        if row.status != seen:
            return False
        row.status, row.reason, row.why = status, str(told), kept(told)
        return True

    async def _row(self, hold_id: str) -> HoldRow:
        row = await self._session.scalar(select(HoldRow).where(HoldRow.id == hold_id))
        if row is None:
            raise NotFound(why("no-hold", "there is no such hold"))
        return row


def _hold(row: HoldRow) -> Hold:
    return Hold(
        id=row.id,
        commune=row.commune,
        camera=row.camera,
        start=row.start,
        end=row.end,
        reference=row.reference,
        motive=row.motive,
        placed_by=row.placed_by,
        placed_at=row.placed_at,
        status=HoldStatus(row.status),
        reason=row.reason,
        why=read(row.why, row.reason),
    )
