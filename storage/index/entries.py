"""What the register of captures and destructions is told, within the transaction that changes a segment."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, Text, and_, bindparam, exists, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.evidence.destruction_proof import day_at
from shared.evidence.ledger import Ground
from storage.index.database import Database
from storage.index.tables import entries, leaves


class Entered(NamedTuple):
    """Of a segment, what the register keeps."""

    key: str
    stream: str
    start_ns: int
    end_ns: int
    size: int
    sha256: str

    @property
    def tree(self) -> str:
        """The tree that its leaf is in: its stream and the UTC day of its first picture."""
        return f"{self.stream}/{day_at(self.start_ns)}"


async def enter_capture(connection: AsyncConnection, one: Entered) -> None:
    """A row of this segment was made: a new leaf, unless there is one of the same bytes that is not ended."""
    known = (
        select(leaves.c.again, leaves.c.died_ns, leaves.c.sha256)
        .where(leaves.c.tree == one.tree, leaves.c.key == one.key)
        .order_by(leaves.c.again.desc())
        .limit(1)
    )
    newest = (await connection.execute(known)).first()
    if newest is not None and newest.died_ns is None and newest.sha256 == one.sha256:
        return
    again = 0 if newest is None else newest.again + 1
    await connection.execute(insert(leaves).values(_leaf(one, again)))
    entry = {"tree": one.tree, "key": one.key, "again": again, "ended": False}
    await connection.execute(insert(entries).values(entry))


async def enter_ends(
    database: Database, connection: AsyncConnection, gone: Sequence[Entered], at_ns: int, ground: Ground
) -> None:
    """These segments are no more. One that was captured before there was a register is entered first."""
    if not gone:
        return
    told = [{"tree_": one.tree, "key_": one.key} for one in gone]
    mine = and_(leaves.c.tree == bindparam("tree_"), leaves.c.key == bindparam("key_"))
    unknown: Select[str, str, int, bool] = select(
        bindparam("tree_", type_=Text), bindparam("key_", type_=Text), literal(0), literal(False)
    ).where(~exists().where(mine))
    columns = ["tree", "key", "again", "ended"]
    await connection.execute(insert(entries).from_select(columns, unknown), told)
    late = database.insert(leaves).on_conflict_do_nothing()
    await connection.execute(late, [_leaf(one, 0) for one in gone])
    living = select(leaves.c.tree, leaves.c.key, leaves.c.again, literal(True)).where(
        mine, leaves.c.died_ns.is_(None)
    )
    await connection.execute(insert(entries).from_select(columns, living), told)
    ended = update(leaves).where(mine, leaves.c.died_ns.is_(None))
    await connection.execute(ended.values(died_ns=at_ns, ground=ground.value), told)


def _leaf(one: Entered, again: int) -> dict[str, object]:
    return {
        "tree": one.tree,
        "key": one.key,
        "again": again,
        "start_ns": one.start_ns,
        "end_ns": one.end_ns,
        "size": one.size,
        "sha256": one.sha256,
        "number": None,
        "died_ns": None,
        "ground": None,
        "died_number": None,
    }
