"""Rows of what kept streams from being recorded: no longer kept than the footage would have been."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, delete, insert, literal, select, update

from shared.gap_causes import GapCause
from shared.spans import Span
from storage.index.database import Database
from storage.index.tables import interruptions
from storage.model.deadline import DAY_NS
from storage.model.interruptions import ALL_STREAMS, Interruption

LONGEST_NS = DAY_NS
"""No row is of more: what lasts longer is several, each of which goes at its own deadline."""

_MOST_FORGOTTEN = 500


class InterruptionRows:
    """One that lasts has no end yet: it is taken to last until whoever asks. `owner` tells apart processes
    that share an index."""

    def __init__(self, database: Database, owner: str = "") -> None:
        self._database = database
        self.owner = owner

    async def change(
        self, ended: Sequence[tuple[int, int | None]], begun: Sequence[tuple[Interruption, int]]
    ) -> list[int]:
        """Set ends by row (None: it goes on after all), and enter others, each with its deadline. The rows
        of those; their ends are known where their span has a length."""
        async with self._database.write() as connection:
            for row, end_ns in ended:
                change = update(interruptions).where(interruptions.c.id == row)
                await connection.execute(change.values(end_ns=end_ns))
            made: list[int] = []
            for one, due_ns in begun:
                values = {
                    "stream": one.stream,
                    "cause": one.cause.value,
                    "owner": self.owner,
                    "start_ns": one.span.start_ns,
                    "end_ns": one.span.end_ns if one.span.length_ns else None,
                    "due_ns": due_ns,
                }
                entered = insert(interruptions).values(**values).returning(interruptions.c.id)
                made.append((await connection.execute(entered)).scalar_one())
        return made

    async def end_all(self, end_ns: int) -> None:
        """What had no end when its storage ended, ended with it."""
        mine = (interruptions.c.owner == self.owner, interruptions.c.end_ns.is_(None))
        async with self._database.write() as connection:
            await connection.execute(update(interruptions).where(*mine).values(end_ns=end_ns))

    async def between(self, stream: str, start_ns: int, end_ns: int, now_ns: int) -> list[Interruption]:
        """Those that reach into [start_ns, end_ns) of a stream."""
        asked = select(interruptions).where(
            interruptions.c.stream.in_((stream, ALL_STREAMS)),
            interruptions.c.start_ns > start_ns - LONGEST_NS,
            interruptions.c.start_ns < end_ns,
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).all()
        found = [
            Interruption(
                row.stream,
                GapCause(row.cause),
                Span(row.start_ns, now_ns if row.end_ns is None else row.end_ns),
            )
            for row in rows
        ]
        return [one for one in found if one.span.end_ns > start_ns]

    async def lower(self, days_of: Mapping[str, int]) -> None:
        """Let no row of these streams live for more days than is said."""
        async with self._database.write() as connection:
            for stream, days in days_of.items():
                due_ns = interruptions.c.start_ns + literal(days * DAY_NS, BigInteger)
                mine = (interruptions.c.stream == stream, interruptions.c.due_ns > due_ns)
                await connection.execute(update(interruptions).where(*mine).values(due_ns=due_ns))

    async def forget(self, now_ns: int) -> int:
        """Drop some of those whose deadline has come; how many."""
        over = select(interruptions.c.id).where(interruptions.c.due_ns <= now_ns).limit(_MOST_FORGOTTEN)
        async with self._database.write() as connection:
            ids = (await connection.execute(over)).scalars().all()
            await connection.execute(delete(interruptions).where(interruptions.c.id.in_(ids)))
        return len(ids)
