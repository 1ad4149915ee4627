"""Rows of segments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, select, text, update

from shared.evidence.ledger import Ground
from shared.ids import StreamId
from storage.index.ceilings import days_in_force_of
from storage.index.database import Database
from storage.index.entries import Entered, enter_capture, enter_ends
from storage.index.tables import CONDEMNED, meta, segments, streams
from storage.index.tallies import Tally, totals
from storage.model.deadline import deadline_ns, month_later_ns
from storage.model.segment import Segment, SegmentState

LIVING = (SegmentState.CLOSED, SegmentState.STORED)
COLUMNS = (
    *(segments.c.key, segments.c.stream, segments.c.run, segments.c.start_ns, segments.c.end_ns),
    *(segments.c.size, segments.c.sha256, segments.c.codec, segments.c.parameters, segments.c.days),
    *(segments.c.state, segments.c.incomplete),
)
"""What a Segment is made of, in its order."""


class SegmentRows:
    """Every change is one transaction; every change of state names the state it comes from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, segment: Segment) -> None:
        """A new row; one that is there already stays as it is, because recovery repeats its steps.

        Its days are the fewest that ever applied to it, as far as is known.
        """
        await self.enter([segment])

    async def enter(self, several: Sequence[Segment]) -> dict[str, Segment]:
        """As `add` with each, in one transaction: what the index says of each then, by key."""
        tally = Tally()
        async with self._database.write() as connection:
            there = segments.c.key.in_([segment.key for segment in several])
            known = (await connection.execute(select(*COLUMNS).where(there))).all()
            rows = {row.key: segment_of_row(row) for row in known}
            new = [segment for segment in several if segment.key not in rows]
            if not new:
                return rows
            footage = [(str(segment.stream), segment.start_ns, segment.days) for segment in new]
            for segment, days in zip(new, await days_in_force_of(connection, footage), strict=True):
                rows[segment.key] = replace(segment, days=days)
                tally.enter(segment.state, segment.size)
            insert = self._database.insert(segments).on_conflict_do_nothing()
            await connection.execute(insert, [row_of(rows[segment.key]) for segment in new])
            await tally.keep(self._database, connection)
            for segment in new:
                await enter_capture(connection, _entered(rows[segment.key]))
            length = self._database.insert(streams)
            longer = length.on_conflict_do_update(
                index_elements=["stream"],
                set_={"longest_ns": length.excluded.longest_ns},
                where=length.excluded.longest_ns > streams.c.longest_ns,
            )
            lengths = [
                {"stream": str(segment.stream), "longest_ns": segment.end_ns - segment.start_ns}
                for segment in new
            ]
            await connection.execute(longer, lengths)
        return rows

    async def get(self, key: str) -> Segment | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(*COLUMNS).where(segments.c.key == key))).first()
        return segment_of_row(row) if row is not None else None

    async def mark_stored(self, key: str) -> bool:
        """closed → stored; False when it is closed no longer: its deadline came first."""
        return bool(await self.mark_all_stored([key]))

    async def mark_all_stored(self, keys: Sequence[str]) -> set[str]:
        """As `mark_stored` with each, in one transaction: those that are stored by it."""
        statement = (
            update(segments)
            .where(segments.c.key.in_(keys), segments.c.state == SegmentState.CLOSED)
            .values(state=str(SegmentState.STORED))
            .returning(segments.c.key, segments.c.size)
        )
        tally = Tally()
        async with self._database.write() as connection:
            stored = (await connection.execute(statement)).all()
            for _, size in stored:
                tally.leave(SegmentState.CLOSED, size)
                tally.enter(SegmentState.STORED, size)
            await tally.keep(self._database, connection)
        return {key for key, _ in stored}

    async def between(self, stream: StreamId, start_ns: int, end_ns: int) -> list[Segment]:
        """The living segments that have something of [start_ns, end_ns), oldest first."""
        statement = overlapping(str(stream), start_ns, end_ns).order_by(segments.c.start_ns)
        async with self._database.read() as connection:
            return [segment_of_row(row, stream) for row in (await connection.execute(statement)).all()]

    async def longest_ns(self, stream: StreamId) -> int:
        """The length of the longest segment that a stream ever had; 0 where it had none."""
        return await self._number(select(streams.c.longest_ns).where(streams.c.stream == str(stream))) or 0

    async def newest_end_ns(self, stream: StreamId) -> int | None:
        """The latest end of a living segment."""
        mine = (segments.c.stream == str(stream), segments.c.state.in_(LIVING))
        newest = select(segments.c.start_ns).where(*mine).order_by(segments.c.start_ns.desc()).limit(1)
        # One that starts earlier may end later, but none is longer than the longest.
        since_ns = newest.scalar_subquery() - longest_ns(str(stream))
        statement = select(func.max(segments.c.end_ns)).where(*mine, segments.c.start_ns >= since_ns)
        return await self._number(statement)

    async def garbage(self, limit: int) -> Sequence[Segment]:
        """Condemned segments, oldest first."""
        statement = select(*COLUMNS).where(text(CONDEMNED)).order_by(segments.c.start_ns).limit(limit)
        async with self._database.read() as connection:
            return [segment_of_row(row) for row in (await connection.execute(statement)).all()]

    async def drop(self, keys: Sequence[str], at_ns: int) -> None:
        """garbage → gone: their objects are removed, the rows follow, and the register has it with them."""
        condemned = and_(segments.c.key.in_(keys), segments.c.state == SegmentState.GARBAGE)
        statement = delete(segments).where(condemned).returning(*COLUMNS)
        tally = Tally()
        async with self._database.write() as connection:
            gone = [segment_of_row(row) for row in (await connection.execute(statement)).all()]
            tally.leave_all((one.state, one.size) for one in gone)
            await tally.keep(self._database, connection)
            gone.sort(key=lambda one: (one.start_ns, one.key))
            due = [_entered(one) for one in gone if deadline_ns(one.start_ns, one.days) <= at_ns]
            given_up = [_entered(one) for one in gone if deadline_ns(one.start_ns, one.days) > at_ns]
            await enter_ends(connection, due, at_ns, Ground.DEADLINE)
            await enter_ends(connection, given_up, at_ns, Ground.ROOM)

    async def depart(self, keys: Sequence[str], at_ns: int) -> None:
        """Their commune left: their objects are gone, the rows follow, and the register has it with them."""
        statement = delete(segments).where(segments.c.key.in_(keys)).returning(*COLUMNS)
        tally = Tally()
        async with self._database.write() as connection:
            gone = [segment_of_row(row) for row in (await connection.execute(statement)).all()]
            tally.leave_all((one.state, one.size) for one in gone)
            await tally.keep(self._database, connection)
            gone.sort(key=lambda one: (one.start_ns, one.key))
            await enter_ends(connection, [_entered(one) for one in gone], at_ns, Ground.DEPARTED)

    async def totals(self) -> Mapping[str, tuple[int, int]]:
        """How many segments and bytes there are by state; a state without any is left out."""
        async with self._database.read() as connection:
            return await totals(connection)

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        """Those of some keys that have no row."""
        async with self._database.read() as connection:
            known = set(
                (await connection.execute(select(segments.c.key).where(segments.c.key.in_(keys)))).scalars()
            )
        return [key for key in keys if key not in known]

    async def everything(self) -> list[Segment]:
        """Every row, by key. For checks of small indexes."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(*COLUMNS).order_by(segments.c.key))).all()
        return [segment_of_row(row) for row in rows]

    async def enter_known(self, keys: Sequence[str]) -> None:
        """Enter those of some keys into the register that it lacks. For reindexing only."""
        statement = select(*COLUMNS).where(segments.c.key.in_(keys)).order_by(segments.c.key)
        async with self._database.write() as connection:
            for row in (await connection.execute(statement)).all():
                await enter_capture(connection, _entered(segment_of_row(row)))

    async def forget(self, keys: Sequence[str]) -> None:
        """Drop rows whose files do not exist. For reindexing only."""
        await self._delete(segments.c.key.in_(keys))

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

    async def _delete(self, *which: ColumnElement[bool]) -> None:
        statement = delete(segments).where(*which).returning(segments.c.state, segments.c.size)
        tally = Tally()
        async with self._database.write() as connection:
            gone = (await connection.execute(statement)).all()
            tally.leave_all((state, size) for state, size in gone)
            await tally.keep(self._database, connection)

    async def _number(self, statement: Select[int]) -> int | None:
        async with self._database.read() as connection:
            value: int | None = (await connection.execute(statement)).scalar()
        return value


def longest_ns(stream: str | ColumnElement[str]) -> ScalarSelect[int]:
    """The length of the longest segment that a stream ever had."""
    return select(streams.c.longest_ns).where(streams.c.stream == stream).scalar_subquery()


def overlapping(stream: str, start_ns: int, end_ns: int) -> Select[Any]:
    """The living segments of a stream that have something of [start_ns, end_ns)."""
    return select(*COLUMNS).where(
        segments.c.stream == stream,
        # Bounds the search: what starts before this has ended.
        segments.c.start_ns > start_ns - longest_ns(stream),
        segments.c.start_ns < end_ns,
        segments.c.end_ns > start_ns,
        segments.c.state.in_(LIVING),
    )


def row_of(segment: Segment) -> dict[str, object]:
    """The row of a living segment, due as its own days say."""
    return {
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
        "due_ns": deadline_ns(segment.start_ns, segment.days),
        "incomplete": segment.incomplete,
    }


def _entered(one: Segment) -> Entered:
    return Entered(one.key, str(one.stream), one.start_ns, one.end_ns, one.size, one.sha256)


def segment_of_row(row: Sequence[Any], stream: StreamId | None = None) -> Segment:
    """The segment of a row of COLUMNS; `stream` is its stream, where that is known."""
    key, named, run, start_ns, end_ns, size, sha256, codec, parameters, days, state, incomplete = row
    owner = stream or StreamId.parse(named)
    return Segment(
        key,
        owner,
        run,
        start_ns,
        end_ns,
        size,
        sha256,
        codec,
        parameters,
        days,
        SegmentState(state),
        incomplete,
    )
