"""Rows of tallies: how many segments and bytes there are by state, without counting them."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.index.database import Database
from storage.index.tables import tallies


class Tally:
    """Collects what one transaction changes; `keep` writes it within that transaction."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()

    def enter(self, state: str, size: int) -> None:
        """A segment of this size is in this state."""
        self._counts[state] += 1
        self._sizes[state] += size

    def leave(self, state: str, size: int) -> None:
        """A segment of this size is no longer in this state."""
        self._counts[state] -= 1
        self._sizes[state] -= size

    def leave_all(self, gone: Iterable[tuple[str, int]]) -> None:
        """Segments, by state and size, are no more."""
        for state, size in gone:
            self.leave(state, size)

    async def keep(self, database: Database, connection: AsyncConnection) -> None:
        """Write what has changed, in one order so that two writers never wait for each other."""
        for state in sorted(self._counts):
            insert = database.insert(tallies).values(
                state=state, count=self._counts[state], size=self._sizes[state]
            )
            more = {
                "count": tallies.c.count + insert.excluded.count,
                "size": tallies.c.size + insert.excluded.size,
            }
            await connection.execute(insert.on_conflict_do_update(index_elements=["state"], set_=more))


async def totals(connection: AsyncConnection) -> Mapping[str, tuple[int, int]]:
    """Count and bytes of each state that has any segment."""
    statement = select(tallies.c.state, tallies.c.count, tallies.c.size).where(tallies.c.count > 0)
    return {state: (count, size) for state, count, size in (await connection.execute(statement)).all()}
