"""Takes condemned segments back: garbage whose file is still there becomes living again."""

from collections.abc import Sequence

from sqlalchemy import Select, select, text

from storage.index.database import Database
from storage.index.dues import BATCH, DueRows
from storage.index.tables import CONDEMNED, segments
from storage.model.segment import SegmentState


class Reprieve:
    """Holds that come while retention runs ask for it, and so does an index that was made again."""

    def __init__(self, database: Database, dues: DueRows) -> None:
        self._database = database
        self._dues = dues

    async def condemned(self, stream: str, start_ns: int, end_ns: int) -> list[str]:
        """The keys of condemned segments that have something of [start_ns, end_ns)."""
        statement = select(segments.c.key).where(
            segments.c.stream == stream,
            segments.c.start_ns < end_ns,
            segments.c.end_ns > start_ns,
            text(CONDEMNED),
        )
        return await self._keys(statement)

    async def grant(self, keys: Sequence[str], state: SegmentState) -> None:
        """garbage → `state`, for the segments whose file lies where that state says."""
        for first in range(0, len(keys), BATCH):
            await self._dues.revive(keys[first : first + BATCH], state)

    async def _keys(self, statement: Select[str]) -> list[str]:
        async with self._database.read() as connection:
            return list((await connection.execute(statement)).scalars())
