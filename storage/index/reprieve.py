"""Takes condemned segments back: garbage whose file is still there becomes living again."""

from collections.abc import Sequence

from sqlalchemy import Select, select, update

from storage.index.database import Database
from storage.index.tables import segments
from storage.segment import SegmentState

_BATCH = 500


class Reprieve:
    """For holds that come while retention runs, and for an index that was made again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def condemned(self, stream: str, start_ns: int, end_ns: int) -> list[str]:
        """The keys of condemned segments that have something of [start_ns, end_ns)."""
        statement = select(segments.c.key).where(
            segments.c.stream == stream,
            segments.c.start_ns < end_ns,
            segments.c.end_ns > start_ns,
            segments.c.state == SegmentState.GARBAGE,
        )
        return await self._keys(statement)

    async def all_condemned(self) -> list[str]:
        """The key of every condemned segment."""
        return await self._keys(select(segments.c.key).where(segments.c.state == SegmentState.GARBAGE))

    async def grant(self, keys: Sequence[str], state: SegmentState) -> None:
        """garbage → `state`, for the segments whose file lies where that state says."""
        for first in range(0, len(keys), _BATCH):
            statement = (
                update(segments)
                .where(
                    segments.c.key.in_(keys[first : first + _BATCH]),
                    segments.c.state == SegmentState.GARBAGE,
                )
                .values(state=str(state))
            )
            async with self._database.write() as connection:
                await connection.execute(statement)

    async def _keys(self, statement: Select[str]) -> list[str]:
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())
