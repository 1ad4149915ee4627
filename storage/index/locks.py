"""Rows of locks: which objects the store itself keeps from being removed, since a hold reaches into them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, select, update

from storage.index.database import Database
from storage.index.holds import Hold
from storage.index.segments import longest_ns
from storage.index.tables import holds, locks, segments
from storage.model.segment import SegmentState

EXPORTS = "export:"
"""What the id of a hold begins with that lasts as long as an export is made: those lock nothing."""


class LockRows:
    """A row is there before its object is locked, and until after it is unlocked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wanted(self, hold: Hold, limit: int) -> list[str]:
        """Stored segments that a hold reaches into and that have no row, oldest first."""
        statement = (
            select(segments.c.key)
            .where(
                segments.c.stream == hold.stream,
                segments.c.start_ns > hold.start_ns - longest_ns(hold.stream),
                segments.c.start_ns < hold.end_ns,
                segments.c.end_ns > hold.start_ns,
                segments.c.state == SegmentState.STORED,
                ~exists().where(locks.c.key == segments.c.key),
            )
            .order_by(segments.c.start_ns)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())

    async def undone(self, limit: int) -> list[str]:
        """Objects that were to be locked, and perhaps are not."""
        statement = select(locks.c.key).where(locks.c.done.is_(False)).limit(limit)
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())

    async def unheld(self, limit: int) -> list[str]:
        """Objects that no hold of a person keeps any more."""
        async with self._database.read() as connection:
            statement = select(locks.c.key).where(_unheld()).limit(limit)
            return list((await connection.execute(statement)).scalars())

    async def unheld_of(self, keys: Sequence[str]) -> list[str]:
        """The same, of some keys."""
        async with self._database.read() as connection:
            statement = select(locks.c.key).where(locks.c.key.in_(keys), _unheld())
            return list((await connection.execute(statement)).scalars())

    async def ask(self, keys: Sequence[str]) -> None:
        """These are going to be locked, or may be."""
        if not keys:
            return
        rows = [{"key": key, "done": False} for key in keys]
        async with self._database.write() as connection:
            await connection.execute(self._database.insert(locks).on_conflict_do_nothing(), rows)

    async def done(self, keys: Sequence[str]) -> None:
        """These are locked."""
        async with self._database.write() as connection:
            await connection.execute(update(locks).where(locks.c.key.in_(keys)).values(done=True))

    async def forget(self, keys: Sequence[str]) -> None:
        """These are unlocked, or gone."""
        async with self._database.write() as connection:
            await connection.execute(delete(locks).where(locks.c.key.in_(keys)))


def _unheld() -> ColumnElement[bool]:
    """Of a row of `locks`: its segment is no more, or no hold of a person reaches into it."""
    hold = exists().where(
        segments.c.key == locks.c.key,
        holds.c.stream == segments.c.stream,
        holds.c.start_ns < segments.c.end_ns,
        holds.c.end_ns > segments.c.start_ns,
        ~holds.c.id.startswith(EXPORTS, autoescape=True),
    )
    return ~hold
