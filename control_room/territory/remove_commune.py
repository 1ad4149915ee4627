"""Removing a commune."""

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right, communes
from control_room.model.journal import AuditAction
from control_room.territory.room import Territory


async def remove_commune(territory: Territory, caller: Caller, code: str) -> None:
    """Remove a commune; its workers' credentials and people's ties go with it.

    Raises NotFound, and Conflict where it has a camera left.
    """
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_COMMUNE, communes(code))
    async with access.db.write() as tx:
        commune = await tx.communes.get(code)
        await tx.communes.remove(code)
        event = caller.event(AuditAction.REMOVE_COMMUNE, commune=code, detail=mere_name(commune.name))
        await access.gate.note(tx, caller, event)
    territory.states.forget_commune(code)
    access.lessor.wake()
