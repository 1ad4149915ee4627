"""Rows of segments that retention has yet to deal with: how many, and how late the oldest is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, literal, select, text

from storage.index.database import Database
from storage.index.dues import DAYS_NS, earlier, ended, kept_in
from storage.index.tables import CONDEMNED, kept, lowerings, segments
from storage.model.deadline import DAY_NS, deadline_ns

MOST_COUNTED = 10_000
"""Rows of a kind that are counted: of millions it need not be known how many."""
# Of ended holds, whose rows are counted.
_RANGES = 100


@dataclass(frozen=True, slots=True)
class Left:
    """Rows left to be destroyed, and rows whose deadline is to be set anew; MOST_COUNTED stands for more.

    A row that both an ended hold and fewer days wait for counts twice.
    """

    to_destroy: int = 0
    to_redate: int = 0


class BacklogRows:
    def __init__(self, database: Database, most: int = MOST_COUNTED) -> None:
        self._database = database
        self._most = most

    async def left(self, now_ns: int) -> Left:
        """What is to be done now. Reads no more rows than it counts."""
        one = select(literal(1).label("one"))
        due = one.select_from(segments).where(segments.c.due_ns <= now_ns)
        condemned = one.select_from(segments).where(text(CONDEMNED))
        lowered = one.select_from(lowerings).join(segments, _to_lower())
        return Left(
            await self._count(due) + await self._count(condemned),
            await self._count(lowered) + await self._freed(),
        )

    async def overdue_ns(self, now_ns: int) -> int:
        """How long ago the oldest segment, held ones aside, should have been destroyed; 0 for none.

        By the days in force and the holds there are, also where no row says so yet.
        """
        due = (
            select(segments.c.due_ns)
            .where(segments.c.due_ns.is_not(None))
            .order_by(segments.c.due_ns)
            .limit(1)
        )
        condemned = (
            select(segments.c.start_ns, segments.c.days)
            .where(text(CONDEMNED))
            .order_by(segments.c.start_ns)
            .limit(1)
        )
        to_lower = (
            select(segments.c.start_ns)
            .where(_to_lower(), segments.c.due_ns.is_not(None))
            .order_by(segments.c.start_ns)
            .limit(1)
            .correlate(lowerings)
            .scalar_subquery()
        )
        freed = (
            select(earlier(DAYS_NS))
            .where(kept_in(kept.c.stream, kept.c.start_ns, kept.c.end_ns))
            .order_by(segments.c.start_ns)
            .limit(1)
            .correlate(kept)
            .scalar_subquery()
        )
        lowered = select(
            func.min(to_lower + cast(lowerings.c.days, BigInteger) * literal(DAY_NS, BigInteger))
        ).select_from(lowerings)
        async with self._database.read() as connection:
            instants = [
                (await connection.execute(statement)).scalar()
                for statement in (due, lowered, select(func.min(freed)).select_from(kept).where(ended()))
            ]
            garbage = (await connection.execute(condemned)).first()
        if garbage is not None:
            instants.append(deadline_ns(garbage.start_ns, garbage.days))
        return max(0, now_ns - min((one for one in instants if one is not None), default=now_ns))

    async def _freed(self) -> int:
        """How many rows ended holds kept. Range by range: joined, a database may look at all that is held."""
        async with self._database.read() as connection:
            ranges = (await connection.execute(select(kept).where(ended()).limit(_RANGES))).all()
        found = 0
        for stream, start_ns, end_ns in ranges:
            if found < self._most:
                found += await self._count(
                    select(literal(1).label("one")).where(kept_in(stream, start_ns, end_ns))
                )
        return min(found, self._most)

    async def _count(self, rows: Select[Any]) -> int:
        statement = select(func.count()).select_from(rows.limit(self._most).subquery())
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar_one()


def _to_lower() -> ColumnElement[bool]:
    """Of a row of `lowerings`: the segments that it has not come to."""
    return and_(
        segments.c.stream == lowerings.c.stream,
        segments.c.start_ns > lowerings.c.cursor_ns,
        segments.c.start_ns <= lowerings.c.until_ns,
    )
