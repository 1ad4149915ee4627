"""Rows of segments."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, RowMapping, Select, delete, exists, func, or_, select, update

from shared.ids import StreamId
from storage.deadline import DAY_NS, deadline_ns, month_later_ns
from storage.index.database import Database
from storage.index.tables import holds, meta, segments
from storage.segment import Segment, SegmentState

_LIVING = (SegmentState.CLOSED, SegmentState.STORED)


class SegmentRows:
    """Every change is one transaction; every change of state names the state it comes from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, segment: Segment) -> None:
        """A new row; one that is there already stays as it is, because recovery repeats its steps."""
        row = {
            "key": segment.key,
            "stream": str(segment.stream),
            "run": segment.run,
            "start_ns": segment.start_ns,
            "end_ns": segment.end_ns,
            "month_ns": month_later_ns(segment.start_ns),
            "size": segment.size,
            "sha256": segment.sha256,
            "codec": segment.codec,
            "parameters": segment.parameters,
            "days": segment.days,
            "state": str(segment.state),
            "incomplete": segment.incomplete,
        }
        statement = self._database.insert(segments).values(row).on_conflict_do_nothing()
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def get(self, key: str) -> Segment | None:
        async with self._database.read() as connection:
            found = (await connection.execute(select(segments).where(segments.c.key == key))).mappings()
            row = found.first()
        return _segment(row) if row is not None else None

    async def mark_stored(self, key: str) -> bool:
        """closed → stored; False when it is closed no longer: its deadline came first."""
        statement = (
            update(segments)
            .where(segments.c.key == key, segments.c.state == SegmentState.CLOSED)
            .values(state=str(SegmentState.STORED))
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def between(self, stream: StreamId, start_ns: int, end_ns: int) -> list[Segment]:
        """The living segments that have something of [start_ns, end_ns), oldest first."""
        statement = (
            select(segments)
            .where(
                segments.c.stream == str(stream),
                segments.c.start_ns < end_ns,
                segments.c.end_ns > start_ns,
                segments.c.state.in_(_LIVING),
            )
            .order_by(segments.c.start_ns)
        )
        async with self._database.read() as connection:
            return [_segment(row) for row in (await connection.execute(statement)).mappings()]

    async def next_start_ns(self, stream: StreamId, from_ns: int) -> int | None:
        """The start of the first living segment at or after `from_ns`."""
        statement = select(func.min(segments.c.start_ns)).where(
            segments.c.stream == str(stream),
            segments.c.start_ns >= from_ns,
            segments.c.state.in_(_LIVING),
        )
        return await self._number(statement)

    async def newest_end_ns(self, stream: StreamId) -> int | None:
        statement = select(func.max(segments.c.end_ns)).where(
            segments.c.stream == str(stream), segments.c.state.in_(_LIVING)
        )
        return await self._number(statement)

    async def streams_with_days(self) -> Mapping[str, int]:
        """Every stream with living segments, and the fewest days that held when one was recorded."""
        statement = (
            select(segments.c.stream, func.min(segments.c.days))
            .where(segments.c.state.in_(_LIVING))
            .group_by(segments.c.stream)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return {row[0]: row[1] for row in rows}

    async def condemn(self, stream: str, days: int, now_ns: int, limit: int) -> int:
        """closed, stored → garbage for those whose deadline has come and that no hold keeps; how many."""
        due = select(segments.c.key).where(*_due(stream, days, now_ns)).limit(limit)
        statement = (
            update(segments)
            .where(segments.c.key.in_(due.scalar_subquery()))
            .values(state=str(SegmentState.GARBAGE))
        )
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount

    async def oldest_due_ns(self, stream: str, days: int, now_ns: int) -> int | None:
        """The earliest deadline among living segments that are due and not held; None where none is."""
        statement = select(func.min(segments.c.start_ns)).where(*_due(stream, days, now_ns))
        start_ns = await self._number(statement)
        return None if start_ns is None else deadline_ns(start_ns, days)

    async def garbage(self, limit: int) -> Sequence[Segment]:
        statement = select(segments).where(segments.c.state == SegmentState.GARBAGE).limit(limit)
        async with self._database.read() as connection:
            return [_segment(row) for row in (await connection.execute(statement)).mappings()]

    async def drop(self, keys: Sequence[str]) -> None:
        """garbage → gone: their objects are removed, the rows follow."""
        statement = delete(segments).where(segments.c.key.in_(keys), segments.c.state == SegmentState.GARBAGE)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def totals(self) -> Mapping[str, tuple[int, int]]:
        """How many segments and bytes there are by state."""
        statement = select(
            segments.c.state, func.count(), func.coalesce(func.sum(segments.c.size), 0)
        ).group_by(segments.c.state)
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
        return {state: (count, int(size)) for state, count, size in rows}

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        """Those of some keys that have no row."""
        async with self._database.read() as connection:
            known = set(
                (await connection.execute(select(segments.c.key).where(segments.c.key.in_(keys)))).scalars()
            )
        return [key for key in keys if key not in known]

    async def everything(self) -> list[Segment]:
        """Every row, by key. For reindexing and its checks."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(segments).order_by(segments.c.key))).mappings()
            return [_segment(row) for row in rows]

    async def forget(self, keys: Sequence[str]) -> None:
        """Drop rows whose files do not exist. For reindexing only."""
        async with self._database.write() as connection:
            await connection.execute(delete(segments).where(segments.c.key.in_(keys)))

    async def store_name(self) -> str | None:
        """The name of the object store that this index belongs to."""
        async with self._database.read() as connection:
            statement = select(meta.c.value).where(meta.c.name == "store")
            name: str | None = (await connection.execute(statement)).scalar()
        return name

    async def belong_to(self, store_name: str) -> None:
        """This index is of that object store."""
        insert = self._database.insert(meta).values(name="store", value=store_name)
        statement = insert.on_conflict_do_update(index_elements=["name"], set_={"value": store_name})
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def _number(self, statement: Select[int]) -> int | None:
        async with self._database.read() as connection:
            value: int | None = (await connection.execute(statement)).scalar()
        return value


def _due(stream: str, days: int, now_ns: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions of `deadline_ns(start_ns, days) <= now_ns` on living segments that no hold keeps."""
    held = exists().where(
        holds.c.stream == segments.c.stream,
        holds.c.start_ns < segments.c.end_ns,
        holds.c.end_ns > segments.c.start_ns,
    )
    return (
        segments.c.stream == stream,
        segments.c.state.in_(_LIVING),
        or_(segments.c.start_ns <= now_ns - days * DAY_NS, segments.c.month_ns <= now_ns),
        ~held,
    )


def _segment(row: RowMapping) -> Segment:
    return Segment(
        key=row["key"],
        stream=StreamId.parse(row["stream"]),
        run=row["run"],
        start_ns=row["start_ns"],
        end_ns=row["end_ns"],
        size=row["size"],
        sha256=row["sha256"],
        codec=row["codec"],
        parameters=row["parameters"],
        days=row["days"],
        state=SegmentState(row["state"]),
        incomplete=row["incomplete"],
    )
