"""Holds, for reading, and how many of them somebody has to look at: for the legal role."""

from dataclasses import dataclass

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold
from control_room.model.journal import AuditAction
from control_room.model.paging import Asked, Slice
from shared.errors import NotFound
from shared.messages.storage import HeldShare

_SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class HoldsStanding:
    """How many holds wait to be reviewed, or for a second person, and how much of the disk holds keep.

    `share` is None where storage has not told.
    """

    overdue: int
    unconfirmed: int
    share: HeldShare | None


async def list_holds(evidence: Evidence, caller: Caller, asked: Asked) -> Slice[Hold]:
    """Holds in the caller's communes, newest first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_HOLD, LISTING)
    codes = await gate.territory(caller, Right.SEE_HOLD)
    async with evidence.access.db.read() as tx:
        return await tx.holds.page(asked, codes)


async def holds_standing(evidence: Evidence, caller: Caller) -> HoldsStanding:
    """What of the holds in the caller's communes is to be done."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_HOLD, LISTING)
    codes = await gate.territory(caller, Right.SEE_HOLD)
    async with evidence.access.db.read() as tx:
        overdue = await tx.holds.overdue(evidence.access.now(), codes)
        unconfirmed = await tx.holds.unconfirmed(codes)
    told = evidence.refusals.last()
    return HoldsStanding(overdue, unconfirmed, None if told is None else told.share)


async def reached_hold(
    evidence: Evidence,
    caller: Caller,
    right: Right,
    hold_id: str,
    motive: str = "",
    action: AuditAction | None = None,
) -> Hold:
    """A hold that the caller may do this with. Raises as `Gate.reach` does, and NotFound."""
    async with evidence.access.db.read() as tx:
        try:
            found = await tx.holds.get(hold_id)
        except NotFound:
            found = None
    event = caller.event(
        action or right,
        commune="" if found is None else found.commune,
        camera="" if found is None else found.camera,
        resource=f"hold:{hold_id[:_SHOWN_CHARS]}",
        motive=motive,
    )
    codes = None if found is None else {found.commune}
    authors = frozenset[str]() if found is None else frozenset({found.placer})
    await evidence.access.gate.reach(caller, right, "hold", codes, event, authors=authors)
    if found is None:
        raise no_such("hold")
    return found
