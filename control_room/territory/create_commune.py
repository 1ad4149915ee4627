"""Adding a commune."""

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right, communes
from control_room.model.journal import AuditAction
from control_room.model.territory import Commune
from control_room.territory.room import Territory


async def create_commune(territory: Territory, caller: Caller, commune: Commune) -> None:
    """Add a commune. Raises Conflict when there is one of its code."""
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_COMMUNE, communes(commune.code))
    event = caller.event(AuditAction.CREATE_COMMUNE, commune=commune.code, detail=mere_name(commune.name))
    async with access.db.write() as tx:
        await tx.communes.add(commune)
        await access.gate.note(tx, caller, event)
