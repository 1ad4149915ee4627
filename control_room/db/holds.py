"""Holds in the database."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import HoldRow
from control_room.model.evidence import Hold, HoldBasis, HoldKind, HoldStatus
from control_room.model.paging import Asked, Slice
from control_room.model.people import Principal
from shared.errors import NotFound
from shared.reasons import Reason, kept, read, why

OLD_REVIEW = timedelta(days=180)
"""After its placing: the review of a hold that was placed before there were reviews."""
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
                kind=hold.kind,
                basis=hold.basis,
                review_at=hold.review_at,
                ends_at=hold.ends_at,
                confirmed_by=hold.confirmed_by,
                confirmed_at=hold.confirmed_at,
                requisition=hold.requisition,
            )
        )

    async def of_requisition(self, requisition: str) -> list[Hold]:
        """The holds that still keep something for a requisition, oldest first."""
        query = select(HoldRow).where(
            HoldRow.requisition == requisition, HoldRow.status.in_(_ACTIVE_HOLDS), HoldRow.requisition != ""
        )
        return [_hold(row) for row in await self._session.scalars(query.order_by(HoldRow.number))]

    async def preserved(self, commune: str, camera: str, start: datetime, end: datetime) -> bool:
        """Whether any of a range was ever preserved before a requisition, whatever became of that."""
        query = select(func.count()).select_from(HoldRow)
        query = query.where(
            HoldRow.kind == HoldKind.PRESERVATION,
            HoldRow.commune == commune,
            HoldRow.camera == camera,
            HoldRow.start < end,
            HoldRow.end > start,
        )
        return bool(await self._session.scalar(query))

    async def unconfirmed(self, communes: Collection[str]) -> int:
        """How many preservations of these communes wait for a second person."""
        query = select(func.count()).select_from(HoldRow)
        query = query.where(
            HoldRow.kind == HoldKind.PRESERVATION,
            HoldRow.confirmed_by == "",
            HoldRow.status.in_(_ACTIVE_HOLDS),
            HoldRow.commune.in_(communes),
        )
        return await self._session.scalar(query) or 0

    async def run_out(self, now: datetime) -> list[Hold]:
        """Those whose end has come and that still keep something, oldest first."""
        query = select(HoldRow).where(HoldRow.ends_at <= now, HoldRow.status.in_(_ACTIVE_HOLDS))
        return [_hold(row) for row in await self._session.scalars(query.order_by(HoldRow.number))]

    async def overdue(self, now: datetime, communes: Collection[str] | None = None) -> int:
        """How many still keep something and should have been reviewed; None: in all communes."""
        query = select(func.count()).select_from(HoldRow).where(HoldRow.status.in_(_ACTIVE_HOLDS))
        query = query.where(
            (HoldRow.review_at <= now)
            | (HoldRow.review_at.is_(None) & (HoldRow.placed_at <= now - OLD_REVIEW))
        )
        if communes is not None:
            query = query.where(HoldRow.commune.in_(communes))
        return await self._session.scalar(query) or 0

    async def confirm(self, hold_id: str, login: str, at: datetime, ends_at: datetime) -> None:
        """A second person stands for a hold, up to `ends_at`."""
        row = await self._row(hold_id)
        row.confirmed_by, row.confirmed_at, row.ends_at = login, at, ends_at

    async def review(self, hold_id: str, review_at: datetime) -> None:
        """Somebody looked at a hold: it is looked at again by then."""
        (await self._row(hold_id)).review_at = review_at

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
        kind=HoldKind(row.kind),
        basis=HoldBasis(row.basis),
        review_at=row.review_at or row.placed_at + OLD_REVIEW,
        ends_at=row.ends_at,
        placer=row.person,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        requisition=row.requisition,
    )
