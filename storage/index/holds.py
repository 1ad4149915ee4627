"""Rows of holds: ranges of streams that retention must leave alone."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from storage.index.database import Database
from storage.index.tables import holds


@dataclass(frozen=True, slots=True)
class Hold:
    """Footage of `stream` in [start_ns, end_ns) stays, for the procedure `reference`."""

    id: str
    stream: str
    start_ns: int
    end_ns: int
    reference: str


class HoldRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, hold: Hold) -> None:
        """Set a hold, in place of the one with the same id and stream."""
        row = {"start_ns": hold.start_ns, "end_ns": hold.end_ns, "reference": hold.reference}
        insert = self._database.insert(holds).values(id=hold.id, stream=hold.stream, **row)
        statement = insert.on_conflict_do_update(index_elements=["id", "stream"], set_=row)
        async with self._database.write() as connection:
            await connection.execute(statement)

    async def remove(self, id: str) -> None:
        """End a hold on every stream it keeps; an unknown one is no error."""
        async with self._database.write() as connection:
            await connection.execute(delete(holds).where(holds.c.id == id))

    async def all(self) -> list[Hold]:
        """Every hold on every stream."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(holds).order_by(holds.c.id, holds.c.stream))).mappings()
            return [Hold(**row) for row in rows]

    async def ids(self) -> set[str]:
        """The id of every hold."""
        async with self._database.read() as connection:
            return set((await connection.execute(select(holds.c.id).distinct())).scalars())
