"""Rows of segments that are closed and not stored: what waits in the spool for the object store."""

from collections.abc import Sequence

from sqlalchemy import func, select, text, update

from storage.index.database import Database
from storage.index.dues import held
from storage.index.tables import WAITING, segments
from storage.index.tallies import Tally
from storage.model.segment import SegmentState


class WaitingRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def oldest_ns(self) -> int | None:
        """When the oldest of them was captured, None where nothing waits."""
        statement = select(func.min(segments.c.start_ns)).where(text(WAITING))
        async with self._database.read() as connection:
            found: int | None = (await connection.execute(statement)).scalar()
        return found

    async def give_up(
        self, limit: int, *, size: int | None = None, due_ns: int | None = None, term: int | None = None
    ) -> Sequence[tuple[str, int]]:
        """closed → garbage for the oldest of them that no hold keeps; their keys and sizes.

        `limit` at most, and with `size` no more than it takes to reach so many bytes. With `due_ns` only
        those whose deadline had come then. With `term` the leader of that term removes them at once: none
        is taken back.
        """
        due = [] if due_ns is None else [segments.c.due_ns <= due_ns]
        oldest = (
            select(segments.c.key, segments.c.size)
            .where(text(WAITING), ~held(), *due)
            .order_by(segments.c.start_ns)
            .limit(limit)
        )
        tally = Tally()
        async with self._database.write() as connection:
            keys, reached = list[str](), 0
            for key, one in (await connection.execute(oldest)).all():
                if size is not None and reached >= size:
                    break
                keys.append(key)
                reached += one
            gone = (
                update(segments)
                .where(segments.c.key.in_(keys), segments.c.state == SegmentState.CLOSED, ~held())
                .values(state=str(SegmentState.GARBAGE), due_ns=None, removing=term)
                .returning(segments.c.key, segments.c.size)
            )
            found = [(str(key), int(one)) for key, one in (await connection.execute(gone)).all()]
            for _, one in found:
                tally.leave(SegmentState.CLOSED, one)
                tally.enter(SegmentState.GARBAGE, one)
            await tally.keep(self._database, connection)
        return found
