"""Rows of the register of captures and destructions: what a head takes in, and what proofs are made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.evidence.ledger import FIRST_PREVIOUS, Ground, SignedHead, day_of, root_of_days
from shared.evidence.ledger_news import CameraDayNews
from storage.index.database import Database
from storage.index.ledger_trees import Tree, cameras_of, days_of_all, enter_again, take_in, trees_of
from storage.index.tables import camera_days, days, entries, heads, leaves, meta, segments

MOST_ENTRIES = 1000
"""Of one head; the next follows at once where there are more. As many fit the largest body that control_room
reads."""
_LEDGER, _BEGAN = "ledger", "ledger-began"


@dataclass(frozen=True, slots=True)
class Register:
    """Its name, and since when it is kept."""

    ledger: str
    began_ns: int


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What the next head is about."""

    register: Register
    number: int
    previous: str
    days: int
    root: str
    news: tuple[CameraDayNews, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A head, and what is written and sent of it; empty where it was written beside the objects already."""

    number: int
    head: SignedHead
    update: bytes = b""


Sign = Callable[[Unsigned], Sealed]


class LedgerRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self) -> Register | None:
        """The register, None where none was begun."""
        async with self._database.read() as connection:
            return await _register(connection)

    async def begin(self, register: Register) -> None:
        """Begin a register, in place of any other: what that one had is forgotten here."""
        async with self._database.write() as connection:
            for table in (heads, days, camera_days, entries, leaves):
                await connection.execute(delete(table))
            await _put_register(self._database, connection, register)

    async def end(self) -> None:
        """There is no register any more; what is entered waits for the next one."""
        async with self._database.write() as connection:
            for table in (heads, days, camera_days, entries, leaves):
                await connection.execute(delete(table))
            await connection.execute(delete(meta).where(meta.c.name.in_((_LEDGER, _BEGAN))))

    async def start(self, register: Register) -> None:
        """Begin the first register of an index; what was entered already is in it."""
        async with self._database.write() as connection:
            if await _register(connection) is None:
                await _put_register(self._database, connection, register)

    async def renew(self, register: Register) -> None:
        """Begin another register with all that is there, and with the ends that no head has yet."""
        columns = ["tree", "key", "again", "ended"]
        places = (leaves.c.tree, leaves.c.key, leaves.c.again)
        captured = select(*places, literal(False)).order_by(leaves.c.start_ns, leaves.c.tree)
        ended = select(*places, literal(True)).where(leaves.c.died_ns.is_not(None))
        async with self._database.write() as connection:
            for table in (heads, days, camera_days, entries):
                await connection.execute(delete(table))
            await connection.execute(delete(leaves).where(leaves.c.died_number.is_not(None)))
            await connection.execute(update(leaves).values(number=None))
            for told in (captured, ended):
                await connection.execute(insert(entries).from_select(columns, told))
            await _put_register(self._database, connection, register)

    async def newest(self) -> Sealed | None:
        """The newest head."""
        statement = select(heads).order_by(heads.c.number.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).first()
        return None if row is None else _sealed(row)

    async def unwritten(self) -> list[Sealed]:
        """Heads that are not beside the objects yet, in order."""
        statement = select(heads).where(func.length(heads.c.update) > 0).order_by(heads.c.number)
        async with self._database.read() as connection:
            return [_sealed(row) for row in (await connection.execute(statement)).all()]

    async def written(self, number: int) -> None:
        """A head is beside the objects: what is sent is read from there, and older ones are not needed."""
        async with self._database.write() as connection:
            await connection.execute(update(heads).where(heads.c.number == number).values(update=b""))
            newest = select(func.max(heads.c.number)).scalar_subquery()
            done = func.length(heads.c.update) == 0
            await connection.execute(delete(heads).where(heads.c.number < newest, done))

    async def waiting(self) -> int:
        """How many entries no head has."""
        async with self._database.read() as connection:
            return (await connection.execute(select(func.count()).select_from(entries))).scalar_one()

    async def seal(self, sign: Sign, most: int = MOST_ENTRIES) -> int:
        """Take what was entered into a new head, in the order in which it was; how many entries, 0 for none.

        Register, trees and head change in one transaction.
        """
        listed = (
            select(entries, leaves)
            .join(
                leaves,
                (leaves.c.tree == entries.c.tree)
                & (leaves.c.key == entries.c.key)
                & (leaves.c.again == entries.c.again),
            )
            .order_by(entries.c.seq)
            .limit(most)
        )
        async with self._database.write() as connection:
            register = await _register(connection)
            found = (await connection.execute(listed)).all()
            if register is None or not found:
                return 0
            trees = await trees_of(connection, {row.tree for row in found})
            await take_in(connection, trees, found)
            await self._grow(connection, trees)
            await self._put_head(connection, register, trees, sign)
            await connection.execute(delete(entries).where(entries.c.seq <= found[-1].seq))
        return len(found)

    async def replay(self, register: Register, sealed: Sealed, news: Iterable[CameraDayNews]) -> None:
        """Enter again what a head had, as it was written beside the objects."""
        async with self._database.write() as connection:
            await _put_register(self._database, connection, register)
            told = list(news)
            trees = await trees_of(connection, {f"{one.stream}/{one.day}" for one in told})
            for one in told:
                tree = trees[f"{one.stream}/{one.day}"]
                tree.captures, tree.ends = list(one.captures), list(one.ends)
                await enter_again(connection, one)
            await self._grow(connection, trees)
            await connection.execute(delete(heads))
            await connection.execute(insert(heads).values(_head_row(sealed)))

    async def living(self, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
        """Leaves that are not ended and have no row of a segment, by tree and key."""
        place = (leaves.c.tree > after[0]) | ((leaves.c.tree == after[0]) & (leaves.c.key > after[1]))
        there = select(segments.c.key).where(segments.c.key == leaves.c.key).exists()
        statement = (
            select(leaves.c.tree, leaves.c.key)
            .where(place, leaves.c.died_ns.is_(None), ~there)
            .order_by(leaves.c.tree, leaves.c.key)
            .limit(most)
        )
        async with self._database.read() as connection:
            return [(row.tree, row.key) for row in (await connection.execute(statement)).all()]

    async def lost(self, tree: str, keys: Sequence[str], at_ns: int) -> None:
        """These leaves of a tree have no file any more: enter that they are gone."""
        mine = (leaves.c.tree == tree) & leaves.c.key.in_(keys) & leaves.c.died_ns.is_(None)
        async with self._database.write() as connection:
            found = (await connection.execute(select(leaves.c.key, leaves.c.again).where(mine))).all()
            ended = [
                {"tree": tree, "key": row.key, "again": row.again, "ended": True}
                for row in sorted(found, key=lambda row: row.key)
            ]
            if ended:
                await connection.execute(insert(entries), ended)
                gone = {"died_ns": at_ns, "ground": Ground.LOST.value}
                await connection.execute(update(leaves).where(mine).values(gone))

    async def thin(self, before: str) -> str | None:
        """Forget the single leaves of one day before `before` that is gone as a whole; which it was."""
        alive = select(camera_days.c.day).where(
            camera_days.c.day == days.c.day, camera_days.c.captured != camera_days.c.destroyed
        )
        old = (
            select(days.c.day)
            .where(days.c.day < before, days.c.thinned.is_(False), ~alive.exists())
            .order_by(days.c.day)
            .limit(1)
        )
        async with self._database.write() as connection:
            day: str | None = (await connection.execute(old)).scalar()
            if day is None:
                return None
            streams = select(camera_days.c.stream).where(camera_days.c.day == day)
            for stream in (await connection.execute(streams)).scalars().all():
                await connection.execute(delete(leaves).where(leaves.c.tree == f"{stream}/{day}"))
            await connection.execute(update(days).where(days.c.day == day).values(thinned=True))
        return day

    async def _grow(self, connection: AsyncConnection, trees: dict[str, Tree]) -> None:
        rows = [tree.grown() for tree in trees.values()]
        grow = self._database.insert(camera_days)
        more = {name: grow.excluded[name] for name in rows[0] if name not in ("day", "stream")}
        await connection.execute(
            grow.on_conflict_do_update(index_elements=["day", "stream"], set_=more), rows
        )
        for day in sorted({tree.day for tree in trees.values()}):
            made = day_of(day, await cameras_of(connection, day))
            put = self._database.insert(days).values(
                day=day, cameras=made.cameras, root=made.root, thinned=False
            )
            changed = {"cameras": put.excluded.cameras, "root": put.excluded.root}
            await connection.execute(put.on_conflict_do_update(index_elements=["day"], set_=changed))

    async def _put_head(
        self, connection: AsyncConnection, register: Register, trees: dict[str, Tree], sign: Sign
    ) -> None:
        last = (await connection.execute(select(heads).order_by(heads.c.number.desc()).limit(1))).first()
        all_days = await days_of_all(connection)
        unsigned = Unsigned(
            register,
            number=1 if last is None else last.number + 1,
            previous=FIRST_PREVIOUS if last is None else SignedHead(last.document, last.signature).digest,
            days=len(all_days),
            root=root_of_days(all_days),
            news=tuple(tree.news() for tree in trees.values()),
        )
        await connection.execute(insert(heads).values(_head_row(sign(unsigned))))


async def _register(connection: AsyncConnection) -> Register | None:
    statement = select(meta.c.name, meta.c.value).where(meta.c.name.in_((_LEDGER, _BEGAN)))
    told = {row.name: row.value for row in (await connection.execute(statement)).all()}
    return Register(told[_LEDGER], int(told[_BEGAN])) if len(told) == 2 else None


async def _put_register(database: Database, connection: AsyncConnection, register: Register) -> None:
    put = database.insert(meta)
    statement = put.on_conflict_do_update(index_elements=["name"], set_={"value": put.excluded.value})
    told = [
        {"name": _LEDGER, "value": register.ledger},
        {"name": _BEGAN, "value": str(register.began_ns)},
    ]
    await connection.execute(statement, told)


def _head_row(sealed: Sealed) -> dict[str, object]:
    head = sealed.head
    return {
        "number": sealed.number,
        "document": head.document,
        "signature": head.signature,
        "update": sealed.update,
    }


def _sealed(row: Any) -> Sealed:
    return Sealed(row.number, SignedHead(row.document, row.signature), row.update)
