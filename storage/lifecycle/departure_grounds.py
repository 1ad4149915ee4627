"""What keeps footage of a commune that leaves: holds, orders of others, and what is not stored yet."""

import asyncio

from shared.errors import Conflict
from storage.index.exports import ExportRows
from storage.index.holds import HoldRows
from storage.lifecycle.archive import Archive
from storage.lifecycle.hold_files import HoldFiles


async def refuse_departure(archive: Archive, commune: str) -> None:
    """Raise Conflict where anything speaks against destroying all footage of a commune here."""
    reason = await archive.bond.reason_to_refuse()
    if reason is not None:
        raise Conflict(f"nothing may be destroyed: {reason}")
    await _refuse_held(archive, f"{commune}/")
    orders = await _orders(archive, f"{commune}/")
    if orders:
        raise Conflict(f"orders of others have footage of commune {commune}: exports {', '.join(orders)}")
    await refuse_waiting(archive, commune)


async def refuse_waiting(archive: Archive, commune: str) -> None:
    """Raise Conflict where anything of a commune is in the spool: its key opens that too."""
    waiting = await asyncio.to_thread(_waiting, archive, commune)
    if waiting:
        raise Conflict(f"{waiting} files of commune {commune} are in the spool: run storage until none is")


async def _refuse_held(archive: Archive, mine: str) -> None:
    found = await asyncio.to_thread(HoldFiles(archive.store.notes).all)
    holds = [*await HoldRows(archive.database).all(), *found.holds]
    held = sorted({hold.reference for hold in holds if hold.stream.startswith(mine)})
    if held:
        raise Conflict(f"holds keep footage of the commune: {', '.join(held)}")
    if found.unreadable:
        raise Conflict(f"a hold cannot be read, and may keep footage of the commune: {found.unreadable[0]}")


async def _orders(archive: Archive, mine: str) -> list[str]:
    """The exports, made or to be made, that have footage of a commune."""
    exports = ExportRows(archive.database)
    made = [
        one.row.order.id
        for one in await exports.packages()
        if any(part.stream.startswith(mine) for part in one.parts)
    ]
    asked = [
        one.order.id
        for one in await exports.unfinished()
        if any(camera.stream.startswith(mine) for camera in one.order.cameras)
    ]
    return made + asked


def _waiting(archive: Archive, commune: str) -> int:
    """Files of a commune that are not in the store yet, or were set aside."""
    return sum(1 for _ in archive.places.spool.folder.rglob(f"{commune}~*"))
