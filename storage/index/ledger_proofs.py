"""What proofs are made of, as of the newest head of the register."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.errors import Conflict
from shared.evidence.ledger import CameraDay, Capture, Day, Destroyed, SignedHead
from storage.index.database import Database
from storage.index.ledger_trees import cameras_of, days_of_all, ended_of
from storage.index.tables import days, heads, leaves

_TRIES = 5


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day of the head. `captures` is None where the single leaves are no longer kept, or were not asked."""

    cameras: tuple[CameraDay, ...]
    captures: tuple[Capture, ...] | None = None
    ends: tuple[Destroyed, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest head, its days in order, and those of them that were asked for."""

    head: SignedHead
    days: tuple[Day, ...]
    kept: dict[str, KeptDay]


class LedgerProofRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> SignedHead | None:
        """The newest head, which says whether anything has changed."""
        async with self._database.read() as connection:
            return await _newest(connection)

    async def snapshot(self, stream: str, asked: list[str]) -> Snapshot | None:
        """All of one head; None where there is none. Raises Conflict where heads come faster than reading."""
        for _ in range(_TRIES):
            async with self._database.read() as connection:
                first = await _newest(connection)
                if first is None:
                    return None
                all_days = tuple(await days_of_all(connection))
                there = {day.day for day in all_days}
                kept = {day: await _kept(connection, stream, day) for day in asked if day in there}
                # A database may show each statement the newest rows: a head made meanwhile changed them.
                if await _newest(connection) == first:
                    return Snapshot(first, all_days, kept)
        raise Conflict("the register changes faster than it can be read")


async def _newest(connection: AsyncConnection) -> SignedHead | None:
    statement = select(heads.c.document, heads.c.signature).order_by(heads.c.number.desc()).limit(1)
    row = (await connection.execute(statement)).first()
    return None if row is None else SignedHead(row.document, row.signature)


async def _kept(connection: AsyncConnection, stream: str, day: str) -> KeptDay:
    cameras = tuple(await cameras_of(connection, day))
    if all(camera.stream != stream for camera in cameras):
        return KeptDay(cameras)
    thinned = select(func.count()).select_from(days).where(days.c.day == day, days.c.thinned.is_(True))
    if (await connection.execute(thinned)).scalar_one():
        return KeptDay(cameras)
    mine = select(leaves).where(leaves.c.tree == f"{stream}/{day}", leaves.c.number.is_not(None))
    rows = sorted((await connection.execute(mine)).all(), key=lambda row: row.number)
    captures = tuple(Capture(row.key, row.start_ns, row.end_ns, row.size, row.sha256) for row in rows)
    ended = sorted((row for row in rows if row.died_number is not None), key=lambda row: row.died_number)
    ends = tuple(ended_of(stream, row.number, captures[row.number], row.died_ns, row.ground) for row in ended)
    return KeptDay(cameras, captures, ends)
