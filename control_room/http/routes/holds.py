"""Holds for a procedure: for the legal kind."""

from contextlib import suppress

from fastapi import APIRouter

from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.http.access import AskedPage, SignedIn, TheDesk
from control_room.http.problems import READING, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.images import HoldView, NewHold
from control_room.http.views import hold_view, page
from control_room.model.evidence import Hold, HoldStatus
from control_room.model.journal import Outcome
from shared.errors import BadInput, Conflict, NotFound, Unavailable
from shared.reasons import why

router = APIRouter(prefix="/holds", tags=["holds"])


@router.get("", operation_id="listHolds", responses=READING)
async def list_holds(desk: TheDesk, caller: SignedIn, asked: AskedPage) -> Page[HoldView]:
    """Holds in the caller's communes, newest first."""
    await desk.gate.require(caller, Right.SEE_HOLD, LISTING)
    codes = await desk.gate.territory(caller, Right.SEE_HOLD)
    async with desk.db.read() as tx:
        return page(await tx.holds.page(asked, codes), hold_view)


@router.post("", operation_id="createHold", status_code=201, responses=WRITING)
async def create_hold(desk: TheDesk, caller: SignedIn, body: NewHold) -> HoldView:
    """Keep a range of a camera's recordings beyond its deadline, for a procedure."""
    await desk.gate.require(caller, Right.HOLD, LISTING)
    try:
        camera = await desk.gate.camera(caller, Right.HOLD, body.camera, body.motive)
    except NotFound as error:
        raise BadInput(error.told, "camera") from error
    hold = Hold(
        id=desk.names.new("h"),
        commune=camera.commune,
        camera=camera.id,
        start=body.start,
        end=body.end,
        reference=body.reference,
        motive=body.motive,
        placed_by=caller.person.login,
        placed_at=desk.now(),
        status=HoldStatus.PENDING,
        reason="",
    )
    event = caller.event(
        Right.HOLD,
        Outcome.GRANTED,
        commune=camera.commune,
        camera=camera.id,
        resource=f"hold:{hold.id}",
        detail=why(
            "range-held",
            "{start} to {end}; {reference}",
            start=body.start.isoformat(),
            end=body.end.isoformat(),
            reference=body.reference,
        ),
        motive=body.motive,
    )
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, event)
        await tx.holds.add(hold, caller.principal)
    with suppress(Unavailable):
        await desk.orders.settle(hold)
    async with desk.db.read() as tx:
        return hold_view(await tx.holds.get(hold.id))


@router.delete("/{hold_id}", operation_id="releaseHold", status_code=204, responses=WRITING)
async def release_hold(desk: TheDesk, caller: SignedIn, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after."""
    async with desk.db.read() as tx:
        try:
            hold = await tx.holds.get(hold_id)
        except NotFound:
            hold = None
    if hold is None:
        await desk.gate.reach(caller, Right.HOLD, "hold", None, caller.event("release-hold"))
        raise no_such("hold")
    event = caller.event(
        "release-hold",
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=hold.reference,
    )
    await desk.gate.reach(caller, Right.HOLD, "hold", {hold.commune}, event)
    if hold.status in (HoldStatus.RELEASED, HoldStatus.REFUSED):
        raise Conflict(why("hold-over", "the hold is {hold_status} already", hold_status=hold.status.value))
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, event)
        now = await tx.holds.get(hold.id)
        await tx.holds.advance(hold.id, now.status, HoldStatus.RELEASING, "")
    with suppress(Unavailable):
        await desk.orders.settle(hold)
