"""How many bytes holds keep, and how many there are."""

from sqlalchemy import func, select

from storage.index.database import Database
from storage.index.segments import LIVING, longest_ns
from storage.index.tables import holds, segments
from storage.index.tallies import totals


class HeldBytes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self) -> int:
        """Bytes of all living segments that some hold keeps, each counted once."""
        # From each hold along the index of its stream: never all segments.
        kept = (
            select(segments.c.key, segments.c.size)
            .join(
                holds,
                (segments.c.stream == holds.c.stream)
                & (segments.c.start_ns > holds.c.start_ns - func.coalesce(longest_ns(holds.c.stream), 0))
                & (segments.c.start_ns < holds.c.end_ns)
                & (segments.c.end_ns > holds.c.start_ns),
            )
            .where(segments.c.state.in_(LIVING))
            .distinct()
            .subquery()
        )
        async with self._database.read() as connection:
            found = (await connection.execute(select(func.sum(kept.c.size)))).scalar()
        return int(found or 0)

    async def recorded(self) -> int:
        """Bytes of all segments there are."""
        async with self._database.read() as connection:
            return sum(size for _, size in (await totals(connection)).values())
