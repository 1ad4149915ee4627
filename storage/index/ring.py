"""Rows of a ring: what is oldest gives way where there is too much, unless a hold keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from storage.index.database import Database
from storage.index.dues import held
from storage.index.segments import LIVING
from storage.index.tables import segments, streams
from storage.index.tallies import Tally
from storage.model.segment import SegmentState

BATCH = 200


@dataclass(frozen=True, slots=True)
class _Old:
    start_ns: int
    key: str
    size: int


class RingRows:
    """Looks for the oldest of each stream: a ring has few of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give_way(self, size: int, before_ns: int) -> Sequence[tuple[str, int]]:
        """living → garbage for the oldest that no hold keeps: all that starts before an instant, then until
        so many bytes are reached. A batch at most; their keys and sizes."""
        chosen: list[_Old] = []
        reached = 0
        for one in await self._oldest():
            if one.start_ns >= before_ns and reached >= size:
                break
            chosen.append(one)
            reached += one.size
        return await self._condemn([one.key for one in chosen[:BATCH]])

    async def _oldest(self) -> list[_Old]:
        found: list[_Old] = []
        async with self._database.read() as connection:
            for stream in (await connection.execute(select(streams.c.stream))).scalars().all():
                oldest = (
                    select(segments.c.start_ns, segments.c.key, segments.c.size)
                    .where(segments.c.stream == stream, segments.c.state.in_(LIVING), ~held())
                    .order_by(segments.c.start_ns)
                    .limit(BATCH)
                )
                found += [_Old(*row) for row in (await connection.execute(oldest)).all()]
        return sorted(found, key=lambda one: (one.start_ns, one.key))

    async def _condemn(self, keys: Sequence[str]) -> Sequence[tuple[str, int]]:
        tally = Tally()
        gone: list[tuple[str, int]] = []
        async with self._database.write() as connection:
            for state in LIVING:
                condemned = (
                    update(segments)
                    .where(segments.c.key.in_(keys), segments.c.state == state, ~held())
                    .values(state=str(SegmentState.GARBAGE), due_ns=None)
                    .returning(segments.c.key, segments.c.size)
                )
                for key, size in (await connection.execute(condemned)).all():
                    tally.leave(state, size)
                    tally.enter(SegmentState.GARBAGE, size)
                    gone.append((str(key), int(size)))
            await tally.keep(self._database, connection)
        return gone
