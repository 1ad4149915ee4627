"""Holds for a procedure: for the legal kind."""

from fastapi import APIRouter

from control_room.evidence import holds as reading
from control_room.evidence import place_hold as placing
from control_room.evidence import preserve as preserving
from control_room.evidence import release_hold as releasing
from control_room.evidence import review_hold as reviewing
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.desk_views import holds_standing_view
from control_room.http.problems import READING, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.desk import Act, HoldReview, HoldsStandingView, Observation
from control_room.http.schemas.images import HoldView, NewHold
from control_room.http.views import hold_view, page

router = APIRouter(prefix="/holds", tags=["holds"])


@router.get("", operation_id="listHolds", responses=READING)
async def list_holds(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[HoldView]:
    """Holds in the caller's communes, newest first."""
    return page(await reading.list_holds(rooms.evidence, caller, asked), hold_view)


@router.post("", operation_id="createHold", status_code=201, responses=WRITING)
async def create_hold(rooms: TheRooms, caller: SignedIn, body: NewHold) -> HoldView:
    """Keep a range of a camera's recordings beyond its deadline, for a procedure."""
    wanted = placing.Procedure(
        body.camera, body.start, body.end, body.reference, body.motive, body.basis, body.review_at
    )
    return hold_view(await placing.place_hold(rooms.evidence, caller, wanted))


@router.get("/standing", operation_id="getHoldsStanding", responses=READING)
async def get_holds_standing(rooms: TheRooms, caller: SignedIn) -> HoldsStandingView:
    """What of the holds is to be done: reviews, confirmations, a disk full of what is held."""
    return holds_standing_view(await reading.holds_standing(rooms.evidence, caller))


@router.post("/preservations", operation_id="preserve", status_code=201, responses=WRITING)
async def preserve(rooms: TheRooms, caller: SignedIn, body: Observation) -> HoldView:
    """Hold a range before anybody has required it: 24 hours, 72 where a second person confirms it."""
    seen = preserving.Observation(body.camera, body.start, body.end, body.motive)
    return hold_view(await preserving.preserve(rooms.evidence, caller, seen))


@router.post("/{hold_id}/confirm", operation_id="confirmHold", responses=WRITING)
async def confirm_hold(rooms: TheRooms, caller: SignedIn, hold_id: str, body: Act) -> HoldView:
    """Stand for somebody else's preservation. 403 to whoever placed it."""
    return hold_view(await preserving.confirm_hold(rooms.evidence, caller, hold_id, body.motive))


@router.post("/{hold_id}/review", operation_id="reviewHold", responses=WRITING)
async def review_hold(rooms: TheRooms, caller: SignedIn, hold_id: str, body: HoldReview) -> HoldView:
    """Say that a hold is still needed, and when that is asked again."""
    return hold_view(
        await reviewing.review_hold(rooms.evidence, caller, hold_id, body.review_at, body.motive)
    )


@router.delete("/{hold_id}", operation_id="releaseHold", status_code=204, responses=WRITING)
async def release_hold(rooms: TheRooms, caller: SignedIn, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after."""
    await releasing.release_hold(rooms.evidence, caller, hold_id)
