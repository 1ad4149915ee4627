"""Ending a hold."""

from contextlib import suppress

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.holds import reached_hold
from control_room.evidence.room import Evidence
from control_room.model.evidence import HoldKind, HoldStatus
from control_room.model.journal import AuditAction
from shared.errors import Conflict, Unavailable
from shared.reasons import why


async def release_hold(evidence: Evidence, caller: Caller, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after.

    Raises as `Gate.reach` does, NotFound, and Conflict where the hold is over.
    """
    access = evidence.access
    hold = await reached_hold(evidence, caller, Right.HOLD, hold_id, action=AuditAction.RELEASE_HOLD)
    if hold.status in (HoldStatus.RELEASED, HoldStatus.REFUSED):
        raise Conflict(why("hold-over", "the hold is {hold_status} already", hold_status=hold.status.value))
    if hold.kind is HoldKind.REQUISITION:
        raise Conflict(
            why("hold-of-requisition", "this hold ends with its requisition: decide or withdraw that")
        )
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
