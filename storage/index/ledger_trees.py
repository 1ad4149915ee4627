"""The trees of the register, by stream and day, while a head takes in what is new of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.evidence.ledger import CameraDay, Capture, Day, Destroyed, Ground
from shared.evidence.ledger_news import CameraDayNews
from shared.evidence.merkle import Frontier
from storage.index.tables import camera_days, days, leaves


@dataclass(slots=True)
class Tree:
    """A stream and day: as it was when the last head was made, and what is new of it."""

    stream: str
    day: str
    captured: Frontier = field(default_factory=Frontier)
    destroyed: Frontier = field(default_factory=Frontier)
    captures: list[Capture] = field(default_factory=list)
    ends: list[Destroyed] = field(default_factory=list)

    def news(self) -> CameraDayNews:
        before = self.captured.size, self.destroyed.size
        return CameraDayNews(self.stream, self.day, *before, tuple(self.captures), tuple(self.ends))

    def grown(self) -> dict[str, object]:
        """Its row with all that is new."""
        captured = self.captured.grown(one.leaf(self.stream) for one in self.captures)
        destroyed = self.destroyed.grown(one.leaf(self.stream) for one in self.ends)
        return {
            "day": self.day,
            "stream": self.stream,
            "captured": captured.size,
            "captured_peaks": captured.packed(),
            "destroyed": destroyed.size,
            "destroyed_peaks": destroyed.packed(),
        }


async def trees_of(connection: AsyncConnection, names: set[str]) -> dict[str, Tree]:
    """The trees of these names as they were when the last head was made."""
    made = {name: _tree(name) for name in sorted(names)}
    mine = camera_days.c.day.in_({tree.day for tree in made.values()})
    for row in (await connection.execute(select(camera_days).where(mine))).all():
        tree = made.get(f"{row.stream}/{row.day}")
        if tree is not None:
            tree.captured = Frontier.unpacked(row.captured, row.captured_peaks)
            tree.destroyed = Frontier.unpacked(row.destroyed, row.destroyed_peaks)
    return made


async def take_in(connection: AsyncConnection, trees: dict[str, Tree], found: Sequence[Any]) -> None:
    """Give each entry its number and put it into its tree."""
    captured: list[dict[str, object]] = []
    ended: list[dict[str, object]] = []
    numbers: dict[tuple[str, str, int], int] = {}
    for row in found:
        tree, place = trees[row.tree], (row.tree, row.key, row.again)
        names = dict(zip(("tree_", "key_", "again_"), place, strict=True))
        capture = Capture(row.key, row.start_ns, row.end_ns, row.size, row.sha256)
        if row.ended:
            number = numbers[place] if row.number is None else row.number
            ended.append(names | {"number_": tree.destroyed.size + len(tree.ends)})
            tree.ends.append(ended_of(tree.stream, number, capture, row.died_ns, row.ground))
        else:
            numbers[place] = tree.captured.size + len(tree.captures)
            captured.append(names | {"number_": numbers[place]})
            tree.captures.append(capture)
    mine = (
        (leaves.c.tree == bindparam("tree_"))
        & (leaves.c.key == bindparam("key_"))
        & (leaves.c.again == bindparam("again_"))
    )
    if captured:
        await connection.execute(update(leaves).where(mine).values(number=bindparam("number_")), captured)
    if ended:
        await connection.execute(update(leaves).where(mine).values(died_number=bindparam("number_")), ended)


async def enter_again(connection: AsyncConnection, one: CameraDayNews) -> None:
    """The leaves of what a head had of a tree."""
    tree = f"{one.stream}/{one.day}"
    for number, capture in enumerate(one.captures, one.captured):
        again = (
            select(func.count()).select_from(leaves).where(leaves.c.tree == tree, leaves.c.key == capture.key)
        )
        row = {
            "tree": tree,
            "key": capture.key,
            "again": (await connection.execute(again)).scalar_one(),
            "start_ns": capture.start_ns,
            "end_ns": capture.end_ns,
            "size": capture.size,
            "sha256": capture.sha256,
            "number": number,
        }
        await connection.execute(insert(leaves).values(row))
    for number, end in enumerate(one.ends, one.destroyed):
        gone = {"died_ns": end.at_ns, "ground": end.ground.value, "died_number": number}
        mine = (leaves.c.tree == tree) & (leaves.c.number == end.number)
        await connection.execute(update(leaves).where(mine).values(gone))


async def cameras_of(connection: AsyncConnection, day: str) -> list[CameraDay]:
    statement = select(camera_days).where(camera_days.c.day == day)
    return [camera_day_of_row(row) for row in (await connection.execute(statement)).all()]


async def days_of_all(connection: AsyncConnection) -> list[Day]:
    statement = select(days.c.day, days.c.cameras, days.c.root).order_by(days.c.day)
    return sorted((Day(*row) for row in (await connection.execute(statement)).all()), key=lambda one: one.day)


def camera_day_of_row(row: Any) -> CameraDay:
    """What the newest head says of a row of `camera_days`."""
    captured = Frontier.unpacked(row.captured, row.captured_peaks)
    destroyed = Frontier.unpacked(row.destroyed, row.destroyed_peaks)
    ends = (destroyed.size, destroyed.root.hex())
    return CameraDay(row.stream, row.day, captured.size, captured.root.hex(), *ends)


def ended_of(stream: str, number: int, capture: Capture, at_ns: int, ground: str) -> Destroyed:
    """The end of a leaf."""
    told = (capture.start_ns, capture.end_ns, capture.size)
    return Destroyed(number, capture.leaf(stream).hex(), *told, at_ns, Ground(ground))


def _tree(name: str) -> Tree:
    stream, _, day = name.rpartition("/")
    return Tree(stream, day)
