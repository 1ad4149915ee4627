"""Rows of ceilings: the fewest days that applied to footage, which a later raise does not lift."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.index.database import Database
from storage.index.tables import ceilings, export_parts, lowerings, policies, segments
from storage.model.deadline import DAY_NS, MAX_DAYS


async def days_in_force(connection: AsyncConnection, stream: str, start_ns: int, days: int) -> int:
    """The days of footage captured at `start_ns` under `days`: the fewest that ever applied to it."""
    authorised = select(policies.c.days).where(policies.c.stream == stream)
    lowered = select(func.min(ceilings.c.days)).where(
        ceilings.c.stream == stream, ceilings.c.until_ns >= start_ns
    )
    for statement in (authorised, lowered):
        told: int | None = (await connection.execute(statement)).scalar()
        days = days if told is None else min(days, told)
    return max(1, min(MAX_DAYS, days))


async def days_in_force_of(connection: AsyncConnection, footage: Sequence[tuple[str, int, int]]) -> list[int]:
    """As `days_in_force` of each: stream, instant of capture, days."""
    named = {stream for stream, _, _ in footage}
    authorised = select(policies.c.stream, policies.c.days).where(policies.c.stream.in_(named))
    lowered = select(ceilings.c.stream, ceilings.c.until_ns, ceilings.c.days).where(
        ceilings.c.stream.in_(named)
    )
    told = {str(row.stream): int(row.days) for row in (await connection.execute(authorised)).all()}
    limits: list[tuple[str, int, int]] = [tuple(row) for row in (await connection.execute(lowered)).all()]
    return [
        max(1, min(MAX_DAYS, days, told.get(stream, days), *_limits(limits, stream, start_ns)))
        for stream, start_ns, days in footage
    ]


def _limits(limits: Sequence[tuple[str, int, int]], stream: str, start_ns: int) -> list[int]:
    return [days for limited, until_ns, days in limits if limited == stream and until_ns >= start_ns]


async def lower(database: Database, connection: AsyncConnection, stream: str, days: int, now_ns: int) -> None:
    """Give a stream's footage `days` at most: what the index has, and what it may still get from the spool.

    The rows follow in batches (`DueRows.lower`). `now_ns` is believed up to a day past the newest row: a
    clock far ahead must not shorten the life of what is yet to be captured.
    """
    starts = select(segments.c.start_ns).where(segments.c.stream == stream).limit(1)
    newest_ns = (await connection.execute(starts.order_by(segments.c.start_ns.desc()))).scalar()
    oldest_ns = (await connection.execute(starts.order_by(segments.c.start_ns))).scalar()
    if newest_ns is None or oldest_ns is None:
        return
    earlier = select(func.max(ceilings.c.until_ns)).where(
        ceilings.c.stream == stream, ceilings.c.days >= days
    )
    earlier_ns = (await connection.execute(earlier)).scalar()
    until_ns = max(newest_ns, min(now_ns, newest_ns + DAY_NS), earlier_ns or 0)
    row = {"stream": stream, "until_ns": until_ns, "days": days}
    for table, more in ((ceilings, {}), (lowerings, {"cursor_ns": oldest_ns - 1})):
        # What asked for no fewer days is overtaken; what is there of the same instant asks for fewer.
        overtaken = delete(table).where(table.c.stream == stream, table.c.days >= days)
        await connection.execute(overtaken)
        insert = database.insert(table).values(row | more)
        await connection.execute(insert.on_conflict_do_nothing())
    await connection.execute(
        update(export_parts)
        .where(export_parts.c.stream == stream, export_parts.c.days > days)
        .values(days=days)
    )


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What was captured of a stream up to an instant gets so many days at most."""

    stream: str
    until_ns: int
    days: int


class CeilingRows:
    """All ceilings together: for what keeps them elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Ceiling]:
        found = select(ceilings.c.stream, ceilings.c.until_ns, ceilings.c.days)
        ordered = found.order_by(ceilings.c.stream, ceilings.c.until_ns)
        async with self._database.read() as connection:
            return [Ceiling(*row) for row in (await connection.execute(ordered)).all()]

    async def add(self, several: Sequence[Ceiling]) -> None:
        """Let these hold too; rows that are there follow in batches (`DueRows.lower`)."""
        async with self._database.write() as connection:
            for one in several:
                row = {"stream": one.stream, "until_ns": one.until_ns, "days": one.days}
                for table, more in ((ceilings, {}), (lowerings, {"cursor_ns": 0})):
                    insert = self._database.insert(table).values(row | more)
                    fewer = insert.on_conflict_do_update(
                        index_elements=["stream", "until_ns"],
                        set_={"days": row["days"], **more},
                        where=table.c.days > one.days,
                    )
                    await connection.execute(fewer)
