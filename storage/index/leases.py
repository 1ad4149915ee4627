"""Rows of the processes that share this index, and of what only one of them may do at a time.

No clock is in here: a row of a process has a number that grows, and whoever reads it judges by his own clock
how long it has stood still (`storage.sharing.pulse`).
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.index.database import Database
from storage.index.segments import COLUMNS, segment_of_row
from storage.index.tables import CONDEMNED, leases, meta, processes, segments
from storage.model.segment import Segment

LEADER = "leader"
_FAMILY = "family"
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """How far a process has come: another `run` is another start of it."""

    run: str
    number: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds something, NOBODY where it was let go. `term` grows with each change of holder."""

    holder: str
    term: int


@dataclass(frozen=True, slots=True)
class Shared:
    """All processes and all leases at one moment, by name."""

    beats: Mapping[str, Beat]
    leases: Mapping[str, Lease]


Decide = Callable[[Shared], "Changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a process takes, and what it lets go of what it holds, by name."""

    take: Sequence[str] = ()
    leave: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.take or self.leave)


class LeaseRows:
    """Every change is one transaction; every take names the term that it follows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def family(self) -> str:
        """What tells this index from any other: made with the first question, the same for ever."""
        insert = self._database.insert(meta).values(name=_FAMILY, value=uuid.uuid4().hex)
        async with self._database.write() as connection:
            await connection.execute(insert.on_conflict_do_nothing())
            statement = select(meta.c.value).where(meta.c.name == _FAMILY)
            return str((await connection.execute(statement)).scalar_one())

    async def look(self) -> Shared:
        """All there is."""
        async with self._database.read() as connection:
            return await _shared(connection)

    async def renew(self, name: str, run: str, told: str | None, decide: Decide) -> Shared:
        """Say that process `name` lives, and change what `decide` says of all there is; what there is then.

        `told` is how its recordings are, None where that has not changed.
        """
        async with self._database.write() as connection:
            await self._beat(connection, name, run, told)
            found = await _shared(connection)
            changes = decide(found)
            for one in changes.take:
                await self._take(connection, one, name, found.leases.get(one))
            if changes.leave:
                mine = leases.c.name.in_(changes.leave) & (leases.c.holder == name)
                await connection.execute(delete(leases).where(mine))
            return await _shared(connection) if changes else found

    async def end(self, name: str, run: str) -> None:
        """Process `name` stops: others may take what it held at once."""
        async with self._database.write() as connection:
            gone = delete(processes).where(processes.c.name == name, processes.c.run == run)
            if (await connection.execute(gone)).rowcount:
                mine = update(leases).where(leases.c.holder == name)
                await connection.execute(mine.values(holder=NOBODY, term=leases.c.term + 1))

    async def told(self, names: Iterable[str]) -> list[str]:
        """How the recordings of some processes are, as they said it last."""
        statement = select(processes.c.told).where(processes.c.name.in_(list(names)))
        async with self._database.read() as connection:
            return [one for one in (await connection.execute(statement)).scalars() if one]

    async def _beat(self, connection: AsyncConnection, name: str, run: str, told: str | None) -> None:
        row = {"name": name, "run": run, "beat": 1, "told": told or ""}
        known: dict[str, object] = {"run": run, "beat": processes.c.beat + 1}
        if told is not None:
            known["told"] = told
        insert = self._database.insert(processes).values(row)
        await connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=known))

    async def _take(self, connection: AsyncConnection, name: str, holder: str, seen: Lease | None) -> None:
        if seen is None:
            insert = self._database.insert(leases).values(name=name, holder=holder, term=1)
            await connection.execute(insert.on_conflict_do_nothing())
            return
        same = (leases.c.name == name) & (leases.c.term == seen.term) & (leases.c.holder == seen.holder)
        await connection.execute(update(leases).where(same).values(holder=holder, term=seen.term + 1))


class RemovalRows:
    """Marks condemned rows before their objects are removed, so that no other process takes them back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int, holder: str, term: int) -> list[Segment]:
        """The oldest condemned segments, which the leader of a term is to remove; none once another leads."""
        oldest = select(segments.c.key).where(text(CONDEMNED)).order_by(segments.c.start_ns).limit(limit)
        claimed = (
            update(segments)
            .where(segments.c.key.in_(oldest), _leads(holder, term))
            .values(removing=term)
            .returning(*COLUMNS)
        )
        async with self._database.write() as connection:
            found = [segment_of_row(row) for row in (await connection.execute(claimed)).all()]
        return sorted(found, key=lambda one: (one.start_ns, one.key))

    async def let_go(self, holder: str, term: int, *, all_terms: bool = False) -> None:
        """Nothing that was marked in a term is under way any more; with `all_terms` in any term."""
        marked = segments.c.removing.is_not(None) if all_terms else segments.c.removing == term
        free = update(segments).where(text(CONDEMNED), marked, _leads(holder, term)).values(removing=None)
        async with self._database.write() as connection:
            await connection.execute(free)

    async def forget(self) -> None:
        """No process but the one that asks works on this index: nothing is under way."""
        marked = select(segments.c.key).where(text(CONDEMNED), segments.c.removing.is_not(None)).limit(1)
        async with self._database.read() as connection:
            if (await connection.execute(marked)).first() is None:
                return
        free = update(segments).where(text(CONDEMNED)).values(removing=None)
        async with self._database.write() as connection:
            await connection.execute(free)


def holds_lease(name: str, holder: str, term: int) -> ColumnElement[bool]:
    """Whether a lease is still held in a term."""
    return exists().where(leases.c.name == name, leases.c.holder == holder, leases.c.term == term)


def _leads(holder: str, term: int) -> ColumnElement[bool]:
    return holds_lease(LEADER, holder, term)


async def _shared(connection: AsyncConnection) -> Shared:
    beats = (await connection.execute(select(processes.c.name, processes.c.run, processes.c.beat))).all()
    held = (await connection.execute(select(leases))).all()
    return Shared(
        {row.name: Beat(row.run, row.beat) for row in beats},
        {row.name: Lease(row.holder, row.term) for row in held},
    )
