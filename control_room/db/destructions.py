"""The register of destructions in the database."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import DestructionRow
from control_room.model.ledger import Destructions
from control_room.model.paging import Asked, Slice


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of these communes, and of one camera or a span of days of capture where they are named."""

    communes: Collection[str]
    camera: str | None = None
    first: str | None = None
    last: str | None = None


class DestructionLines:
    """A line grows while more of its camera and day is destroyed, and is never taken back."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, line: Destructions) -> None:
        """Add what was destroyed to the line of its camera, day and ground."""
        row = await self._session.scalar(
            select(DestructionRow).where(
                DestructionRow.commune == line.commune,
                DestructionRow.camera == line.camera,
                DestructionRow.kind == line.kind,
                DestructionRow.day == line.day,
                DestructionRow.ground == line.ground,
            )
        )
        if row is None:
            told = {name: getattr(line, name) for name in line.__slots__}
            self._session.add(DestructionRow(**told))
            await self._session.flush()
            return
        row.segments += line.segments
        row.bytes += line.bytes
        row.start, row.end = min(row.start, line.start), max(row.end, line.end)
        row.first_at, row.last_at = min(row.first_at, line.first_at), max(row.last_at, line.last_at)

    async def page(self, asked: Asked, wanted: Wanted) -> Slice[Destructions]:
        """Lines, of the newest day of capture first."""
        day, number = DestructionRow.day, DestructionRow.number
        query = select(DestructionRow).where(DestructionRow.commune.in_(wanted.communes))
        if wanted.camera is not None:
            query = query.where(DestructionRow.camera == wanted.camera)
        if wanted.first is not None:
            query = query.where(day >= wanted.first)
        if wanted.last is not None:
            query = query.where(day <= wanted.last)
        after = asked.after(str, int)
        if after is not None:
            query = query.where((day < after[0]) | ((day == after[0]) & (number < after[1])))
        query = query.order_by(day.desc(), number.desc()).limit(asked.limit + 1)
        rows = (await self._session.scalars(query)).all()
        return asked.cut([_line(row) for row in rows], [(row.day, row.number) for row in rows])


def _line(row: DestructionRow) -> Destructions:
    return Destructions(
        commune=row.commune,
        camera=row.camera,
        kind=row.kind,
        day=row.day,
        ground=row.ground,
        segments=row.segments,
        bytes=row.bytes,
        start=row.start,
        end=row.end,
        first_at=row.first_at,
        last_at=row.last_at,
    )
