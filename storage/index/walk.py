"""Goes through all rows a few at a time, so that nothing is kept waiting by it."""

from sqlalchemy import select

from storage.index.database import Database
from storage.index.tables import segments
from storage.model.segment import SegmentState


class Walk:
    """Rows come by key, in the order in which the database has texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored_after(self, key: str, limit: int) -> list[tuple[str, str]]:
        """Key and SHA-256 of the next stored segments after a key; none at the end."""
        statement = (
            select(segments.c.key, segments.c.sha256)
            .where(segments.c.key > key, segments.c.state == SegmentState.STORED)
            .order_by(segments.c.key)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [(row[0], row[1]) for row in (await connection.execute(statement)).all()]

    async def after(self, key: str, limit: int) -> list[tuple[str, SegmentState]]:
        """Key and state of the next segments after a key, whatever their state; none at the end."""
        statement = (
            select(segments.c.key, segments.c.state)
            .where(segments.c.key > key)
            .order_by(segments.c.key)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [(row[0], SegmentState(row[1])) for row in (await connection.execute(statement)).all()]

    async def is_stored(self, key: str) -> bool:
        """Whether a segment is said to be in the store now."""
        statement = select(segments.c.key).where(
            segments.c.key == key, segments.c.state == SegmentState.STORED
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).first() is not None
