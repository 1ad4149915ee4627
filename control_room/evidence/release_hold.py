"""Ending a hold."""

from contextlib import suppress

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import Right
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold, HoldStatus
from control_room.model.journal import AuditAction
from shared.errors import Conflict, NotFound, Unavailable
from shared.reasons import why


async def release_hold(evidence: Evidence, caller: Caller, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after.

    Raises as `Gate.reach` does, NotFound, and Conflict where the hold is over.
    """
    access = evidence.access
    hold = await _reached(evidence, caller, hold_id)
    if hold.status in (HoldStatus.RELEASED, HoldStatus.REFUSED):
        raise Conflict(why("hold-over", "the hold is {hold_status} already", hold_status=hold.status.value))
    event = caller.event(
        AuditAction.RELEASE_HOLD,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why("hold-released", "{reference}", reference=hold.reference),
    )
    async with access.db.write() as tx:
        await access.gate.note(tx, caller, event)
        now = await tx.holds.get(hold.id)
        await tx.holds.advance(hold.id, now.status, HoldStatus.RELEASING, "")
    with suppress(Unavailable):
        await evidence.orders.settle(hold)


async def _reached(evidence: Evidence, caller: Caller, hold_id: str) -> Hold:
    gate = evidence.access.gate
    async with evidence.access.db.read() as tx:
        try:
            hold = await tx.holds.get(hold_id)
        except NotFound:
            hold = None
    if hold is None:
        await gate.reach(caller, Right.HOLD, "hold", None, caller.event(AuditAction.RELEASE_HOLD))
        raise no_such("hold")
    event = caller.event(
        AuditAction.RELEASE_HOLD,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why("hold-released", "{reference}", reference=hold.reference),
    )
    await gate.reach(caller, Right.HOLD, "hold", {hold.commune}, event)
    return hold
