"""What the register of captures and destructions is told, within the transaction that changes a segment."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.evidence.destruction_proof import day_at
from shared.evidence.ledger import Ground
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
    connection: AsyncConnection, gone: Sequence[Entered], at_ns: int, ground: Ground
) -> None:
    """These segments are no more. One that was captured before there was a register is entered first."""
    by_tree: dict[str, list[str]] = {}
    for one in gone:
        by_tree.setdefault(one.tree, []).append(one.key)
    known: dict[tuple[str, str], list[tuple[int, bool]]] = {}
    for tree, keys in by_tree.items():
        mine = (leaves.c.tree == tree) & leaves.c.key.in_(keys)
        places = select(leaves.c.key, leaves.c.again, leaves.c.died_ns).where(mine)
        for row in (await connection.execute(places)).all():
            known.setdefault((tree, row.key), []).append((row.again, row.died_ns is None))
    late = [one for one in gone if (one.tree, one.key) not in known]
    if late:
        await connection.execute(insert(leaves), [_leaf(one, 0) for one in late])
    told: list[dict[str, object]] = []
    for one in gone:
        place = {"tree": one.tree, "key": one.key}
        found = known.get((one.tree, one.key))
        if found is None:
            told.append(place | {"again": 0, "ended": False})
        told += [place | {"again": again, "ended": True} for again, lives in found or [(0, True)] if lives]
    if told:
        await connection.execute(insert(entries), told)
    for tree, keys in by_tree.items():
        mine = (leaves.c.tree == tree) & leaves.c.key.in_(keys) & leaves.c.died_ns.is_(None)
        ended = update(leaves).where(mine).values(died_ns=at_ns, ground=ground.value)
        await connection.execute(ended)


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
