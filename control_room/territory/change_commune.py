"""Changing a commune."""

from collections.abc import Mapping
from dataclasses import replace

from control_room.access.callers import Caller
from control_room.access.rights import Right, communes
from control_room.model.changes import refuse_nulls
from control_room.model.journal import AuditAction
from control_room.model.territory import Commune
from control_room.territory.room import Territory
from shared.reasons import why


async def change_commune(
    territory: Territory, caller: Caller, code: str, changes: Mapping[str, object]
) -> Commune:
    """Change members of a commune, by their names. Raises BadInput on a null, and NotFound."""
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_COMMUNE, communes(code))
    refuse_nulls(changes)
    fields = why("fields-changed", "{fields}", fields=", ".join(sorted(changes)))
    async with access.db.write() as tx:
        before = await tx.communes.get(code)
        commune = replace(before, **changes)  # type: ignore[arg-type]  # the schema has checked names and types
        await tx.communes.change(commune)
        event = caller.event(AuditAction.CHANGE_COMMUNE, commune=code, detail=fields)
        await access.gate.note(tx, caller, event)
    return commune
