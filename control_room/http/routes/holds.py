"""Holds for a procedure: for the legal kind."""

from fastapi import APIRouter

from control_room.evidence import holds as reading
from control_room.evidence import place_hold as placing
from control_room.evidence import release_hold as releasing
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, WRITING
from control_room.http.schemas.common import Page
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
    wanted = placing.Procedure(body.camera, body.start, body.end, body.reference, body.motive)
    return hold_view(await placing.place_hold(rooms.evidence, caller, wanted))


@router.delete("/{hold_id}", operation_id="releaseHold", status_code=204, responses=WRITING)
async def release_hold(rooms: TheRooms, caller: SignedIn, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after."""
    await releasing.release_hold(rooms.evidence, caller, hold_id)
