"""Rows of segments as retention sees them: what is due, what a hold keeps, what is condemned.

Every step is one short transaction, and reads what is due, held or condemned: never what merely exists.
"""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.index.ceilings import days_in_force
from storage.index.database import Database
from storage.index.segments import longest_ns
from storage.index.tables import KEPT, holds, kept, lowerings, segments
from storage.index.tallies import Tally
from storage.model.deadline import DAY_NS, MAX_DAYS, deadline_ns
from storage.model.segment import SegmentState

BATCH = 500
# In 64 bits: a database would take the product of two small numbers for a small one.
DAYS_NS = cast(segments.c.days, BigInteger) * literal(DAY_NS, BigInteger)


class DueRows:
    def __init__(self, database: Database, batch: int = BATCH) -> None:
        self._database = database
        self._batch = batch

    async def lower(self) -> int:
        """Lower the days of a batch of rows whose stream got fewer, of those longest past their new deadline.

        How many rows that took, at least 1; 0 where none is left to lower.
        """
        first_ns = lowerings.c.cursor_ns + cast(lowerings.c.days, BigInteger) * literal(DAY_NS, BigInteger)
        longest = select(func.min(first_ns)).scalar_subquery()
        async with self._database.write() as connection:
            work = (await connection.execute(select(lowerings).where(first_ns == longest).limit(1))).first()
            if work is None:
                return 0
            stream, until_ns, days, cursor_ns = work
            mine = and_(segments.c.stream == stream, segments.c.start_ns > cursor_ns)
            start_ns = (
                select(segments.c.start_ns)
                .where(mine, segments.c.start_ns <= until_ns)
                .order_by(segments.c.start_ns)
                .limit(1)
            )
            last_ns = (await connection.execute(start_ns.offset(self._batch - 1))).scalar()
            beyond = start_ns.where(segments.c.start_ns > (until_ns if last_ns is None else last_ns))
            next_ns = (await connection.execute(beyond)).scalar()
            lowered = await connection.execute(
                update(segments)
                .where(mine, segments.c.start_ns <= (until_ns if next_ns is None else next_ns - 1))
                .where(segments.c.days > days)
                .values(days=days, due_ns=case((segments.c.due_ns.is_(None), null()), else_=_due(days)))
            )
            this = and_(lowerings.c.stream == stream, lowerings.c.until_ns == until_ns)
            if next_ns is None:
                await connection.execute(delete(lowerings).where(this))
            else:
                await connection.execute(update(lowerings).where(this).values(cursor_ns=next_ns - 1))
        return max(1, lowered.rowcount)

    async def release(self) -> int:
        """Make due again a batch of rows that an ended hold kept, the oldest first.

        How many, at least 1; 0 where no hold has ended.
        """
        # By their starts, as the key of the table has them within a stream.
        oldest = select(func.min(kept.c.start_ns)).where(ended()).scalar_subquery()
        first = select(kept).where(ended(), kept.c.start_ns == oldest).limit(1)
        async with self._database.write() as connection:
            found = (await connection.execute(first)).first()
            if found is None:
                return 0
            stream, start_ns, end_ns = found
            free = (
                select(segments.c.key)
                .where(kept_in(stream, start_ns, end_ns))
                .order_by(segments.c.start_ns)
                .limit(self._batch)
            )
            keys = (await connection.execute(free)).scalars().all()
            await connection.execute(
                update(segments).where(segments.c.key.in_(keys)).values(due_ns=earlier(DAYS_NS))
            )
            if len(keys) < self._batch:
                this = and_(kept.c.stream == stream, kept.c.start_ns == start_ns, kept.c.end_ns == end_ns)
                await connection.execute(delete(kept).where(this))
        return max(1, len(keys))

    async def condemn(self, now_ns: int) -> int:
        """closed, stored → garbage for a batch of those due that no hold keeps, those due longest first.

        How many were looked at. Those that a hold keeps are due no more, until `release` finds that it has
        ended.
        """
        due = (
            select(segments.c.key, segments.c.stream, segments.c.state, segments.c.size)
            .where(segments.c.due_ns <= now_ns)
            .order_by(segments.c.due_ns)
            .limit(self._batch)
            .with_for_update()
        )
        tally = Tally()
        async with self._database.write() as connection:
            found = {row.key: row for row in (await connection.execute(due)).all()}
            doomed = (
                update(segments)
                .where(segments.c.key.in_(found), segments.c.due_ns <= now_ns, ~held())
                .values(state=str(SegmentState.GARBAGE), due_ns=None)
                .returning(segments.c.key)
            )
            condemned = set((await connection.execute(doomed)).scalars()) if found else set()
            for key in condemned:
                tally.leave(found[key].state, found[key].size)
                tally.enter(SegmentState.GARBAGE, found[key].size)
            await tally.keep(self._database, connection)
            spared = [row for key, row in found.items() if key not in condemned]
            if spared:
                await self._spare(connection, [row.key for row in spared], {row.stream for row in spared})
        return len(found)

    async def due_ns(self, stream: str, start_ns: int, end_ns: int) -> int | None:
        """When footage of [start_ns, end_ns) without a row is due, None while a hold keeps it."""
        held = select(holds.c.id).where(
            holds.c.stream == stream, holds.c.start_ns < end_ns, holds.c.end_ns > start_ns
        )
        async with self._database.read() as connection:
            days = await days_in_force(connection, stream, start_ns, MAX_DAYS)
            is_held = (await connection.execute(held.limit(1))).first() is not None
        return None if is_held else deadline_ns(start_ns, days)

    async def revive(self, keys: Sequence[str], state: SegmentState) -> None:
        """garbage → `state`, due again as its days say: for what may not be destroyed after all.

        What another process is about to remove stays condemned.
        """
        back = (
            update(segments)
            .where(segments.c.key.in_(keys), segments.c.state == SegmentState.GARBAGE)
            .where(segments.c.removing.is_(None))
            .values(state=str(state), due_ns=earlier(DAYS_NS))
            .returning(segments.c.size)
        )
        tally = Tally()
        async with self._database.write() as connection:
            for size in (await connection.execute(back)).scalars().all():
                tally.leave(SegmentState.GARBAGE, size)
                tally.enter(state, size)
            await tally.keep(self._database, connection)

    async def _spare(self, connection: AsyncConnection, keys: list[str], streams: set[str]) -> None:
        """Take held rows out of those due, and note which holds may have kept them."""
        await connection.execute(update(segments).where(segments.c.key.in_(keys)).values(due_ns=None))
        ranges = select(holds.c.stream, holds.c.start_ns, holds.c.end_ns).where(holds.c.stream.in_(streams))
        notes = [row._asdict() for row in (await connection.execute(ranges)).all()]
        await connection.execute(self._database.insert(kept).on_conflict_do_nothing(), notes)


def ended() -> ColumnElement[bool]:
    """Of a row of `kept`: the hold that may have kept footage is no more."""
    return ~exists().where(
        holds.c.stream == kept.c.stream,
        holds.c.start_ns == kept.c.start_ns,
        holds.c.end_ns == kept.c.end_ns,
    )


def kept_in(
    stream: str | ColumnElement[str], start_ns: int | ColumnElement[int], end_ns: int | ColumnElement[int]
) -> ColumnElement[bool]:
    """The segments of a range that are not due because a hold kept them."""
    return and_(
        segments.c.stream == stream,
        segments.c.start_ns > start_ns - longest_ns(stream),
        segments.c.start_ns < end_ns,
        text(KEPT),
        segments.c.state != SegmentState.GARBAGE,
    )


def held() -> ColumnElement[bool]:
    return exists().where(
        holds.c.stream == segments.c.stream,
        holds.c.start_ns < segments.c.end_ns,
        holds.c.end_ns > segments.c.start_ns,
    )


def _due(days: int) -> ColumnElement[int]:
    return earlier(days * DAY_NS)


def earlier(days_ns: int | ColumnElement[int]) -> ColumnElement[int]:
    """The deadline of a row: its days or its month, whichever ends first (`storage.model.deadline`)."""
    ends_ns = segments.c.start_ns + days_ns
    return case((ends_ns < segments.c.month_ns, ends_ns), else_=segments.c.month_ns)
