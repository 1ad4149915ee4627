"""Rows of segments as whoever shows them sees them: never past the deadline in force, unless held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger, ColumnElement, exists, literal, select, union_all

from shared.ids import StreamId
from shared.spans import Span
from storage.index.database import Database
from storage.index.segments import LIVING, SegmentRows
from storage.index.tables import ceilings, holds, policies, segments
from storage.model.limits import Limits, limits_of
from storage.model.segment import Segment

_MOST_PROBES = 64
"""In one statement: databases take no more than so many parts of one."""


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A row with the days in force, and the spans of it that may be shown: at least one."""

    row: Segment
    spans: tuple[Span, ...]


class ShownRows:
    """Playback and exports ask here. The index may still have more: what is yet to be destroyed."""

    def __init__(self, database: Database, rows: SegmentRows) -> None:
        self._database = database
        self._rows = rows

    async def between(
        self, stream: StreamId, start_ns: int, end_ns: int, now_ns: int, *, but_for: str = ""
    ) -> list[ShownSegment]:
        """What may be shown of [start_ns, end_ns) at `now_ns`, oldest first.

        The hold `but_for` is not asked.
        """
        found = await self._rows.between(stream, start_ns, end_ns)
        # Asked last: what is lowered in between counts.
        limits = await self._limits(str(stream), but_for)
        known = [(one, limits.days(one.start_ns, one.days)) for one in found]
        return [
            ShownSegment(one if days == one.days else replace(one, days=days), spans)
            for one, days in known
            if (spans := limits.shown(one.start_ns, one.end_ns, days, now_ns))
        ]

    async def next_start_ns(self, stream: StreamId, from_ns: int, now_ns: int) -> int | None:
        """Where at or after `from_ns` something begins that may be shown at `now_ns`."""
        limits = await self._limits(str(stream))
        mine = (segments.c.stream == str(stream), segments.c.state.in_(LIVING))
        first = select(segments.c.start_ns).order_by(segments.c.start_ns).limit(1)
        since_ns = max(from_ns, limits.over_ns(now_ns) + 1)
        asked = [first.where(*mine, segments.c.start_ns >= since_ns, segments.c.due_ns > now_ns)]
        longest_ns = await self._rows.longest_ns(stream)
        at_least = [from_ns]
        for hold in limits.held:
            # Of a segment that began before `from_ns` only a hold that does not can begin anything.
            earliest_ns = hold.start_ns - longest_ns if hold.start_ns >= from_ns else from_ns
            held = (
                segments.c.start_ns >= earliest_ns,
                segments.c.start_ns < hold.end_ns,
                segments.c.end_ns > hold.start_ns,
            )
            asked.append(first.where(*mine, *held))
            at_least.append(hold.start_ns)
        async with self._database.read() as connection:
            starts = [(await connection.execute(statement)).scalar() for statement in asked]
        found = zip(starts, at_least, strict=True)
        return min((max(start, least) for start, least in found if start is not None), default=None)

    async def over_ns(self, stream: StreamId, now_ns: int) -> int:
        """What was captured up to this instant is past its deadline at `now_ns`, whatever keeps it."""
        return (await self._limits(str(stream))).over_ns(now_ns)

    async def which_have_any(self, stream: StreamId, spans: Sequence[Span], now_ns: int) -> frozenset[int]:
        """The numbers of those spans of which something may be shown at `now_ns`: a search a span."""
        limits, longest_ns = await self._limits(str(stream)), await self._rows.longest_ns(stream)
        over_ns = limits.over_ns(now_ns)
        due = [(n, max(one.start_ns - longest_ns, over_ns), one) for n, one in enumerate(spans)]
        held = [
            (n, one.start_ns - longest_ns, one)
            for n, whole in enumerate(spans)
            for hold in limits.held
            if (one := Span(max(whole.start_ns, hold.start_ns), min(whole.end_ns, hold.end_ns))).length_ns > 0
        ]
        found = await self._any(stream, due, segments.c.due_ns > now_ns)
        return found | await self._any(stream, held)

    async def _any(
        self, stream: StreamId, probes: Sequence[tuple[int, int, Span]], *more: ColumnElement[bool]
    ) -> frozenset[int]:
        """The numbers of those probes that find a segment which starts behind their instant and has some of
        their span."""
        found: frozenset[int] = frozenset()
        for at in range(0, len(probes), _MOST_PROBES):
            asked = union_all(
                *(
                    select(
                        literal(number, BigInteger).label("number"),
                        literal(since_ns, BigInteger).label("since_ns"),
                        literal(span.start_ns, BigInteger).label("from_ns"),
                        literal(span.end_ns, BigInteger).label("to_ns"),
                    )
                    for number, since_ns, span in probes[at : at + _MOST_PROBES]
                )
            ).cte("probes")
            there = exists().where(
                segments.c.stream == str(stream),
                segments.c.start_ns > asked.c.since_ns,
                segments.c.start_ns < asked.c.to_ns,
                segments.c.end_ns > asked.c.from_ns,
                segments.c.state.in_(LIVING),
                *more,
            )
            async with self._database.read() as connection:
                found |= set((await connection.execute(select(asked.c.number).where(there))).scalars())
        return found

    async def _limits(self, stream: str, but_for: str = "") -> Limits:
        authorised = select(policies.c.days).where(policies.c.stream == stream)
        lowered = select(ceilings.c.until_ns, ceilings.c.days).where(ceilings.c.stream == stream)
        held = select(holds.c.start_ns, holds.c.end_ns).where(holds.c.stream == stream, holds.c.id != but_for)
        async with self._database.read() as connection:
            return limits_of(
                (await connection.execute(authorised)).scalar(),
                [(row.until_ns, row.days) for row in (await connection.execute(lowered)).all()],
                [(row.start_ns, row.end_ns) for row in (await connection.execute(held)).all()],
            )
