"""Who watches now, and how it arrives: an administrator sees all, a commune its own cameras without names."""

from fastapi import APIRouter

from control_room.http.access import SignedIn, TheRooms
from control_room.http.problems import READING
from control_room.http.schemas.viewers import Viewers
from control_room.http.views import mux_view, viewer_view
from control_room.live import list_viewers as listing

router = APIRouter(prefix="/viewers", tags=["viewers"])


@router.get("", operation_id="listViewers", responses=READING)
async def list_viewers(rooms: TheRooms, caller: SignedIn) -> Viewers:
    """Every viewer of the caller's cameras, with how each picture arrives and why it is stale."""
    seen = await listing.list_viewers(rooms.live, caller)
    return Viewers(
        muxes=[mux_view(status, told) for status, told in seen.muxes],
        viewers=[viewer_view(viewer) for viewer in seen.viewers],
    )
