"""Holds for a procedure, for reading: for the legal role."""

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold
from control_room.model.paging import Asked, Slice


async def list_holds(evidence: Evidence, caller: Caller, asked: Asked) -> Slice[Hold]:
    """Holds in the caller's communes, newest first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_HOLD, LISTING)
    codes = await gate.territory(caller, Right.SEE_HOLD)
    async with evidence.access.db.read() as tx:
        return await tx.holds.page(asked, codes)
