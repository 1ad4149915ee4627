"""Tickets to a camera's images. The journal has each before it leaves."""

from fastapi import APIRouter

from control_room.evidence import open_playback as playing
from control_room.http.access import SignedIn, TheRooms
from control_room.http.problems import WRITING
from control_room.http.schemas.images import LiveRequest, LiveTicket, PlaybackRequest, PlaybackTicket
from control_room.http.views import ice_views
from control_room.live import open_live as watching

router = APIRouter(prefix="/cameras", tags=["images"])


@router.post("/{camera_id}/live", operation_id="openLive", status_code=201, responses=WRITING)
async def open_live(rooms: TheRooms, caller: SignedIn, camera_id: str, body: LiveRequest) -> LiveTicket:
    """A ticket to watch a camera now. The journal has it before the ticket leaves."""
    view = await watching.open_live(rooms.live, caller, camera_id, body.motive, body.avoid)
    return LiveTicket(
        ticket=view.ticket,
        url=f"{view.mux}/whep/{view.stream}",
        mux=view.mux,
        stream=view.stream,
        until=view.until,
        ice_servers=ice_views(view.ice),
    )


@router.post("/{camera_id}/playback", operation_id="openPlayback", status_code=201, responses=WRITING)
async def open_playback(
    rooms: TheRooms, caller: SignedIn, camera_id: str, body: PlaybackRequest
) -> PlaybackTicket:
    """A ticket to play a range of a camera's recordings, also of one that may no longer be shown live."""
    opened = await playing.open_playback(rooms.evidence, caller, camera_id, body.start, body.end, body.motive)
    return PlaybackTicket(
        ticket=opened.ticket,
        url=opened.url,
        stream=opened.stream,
        start=body.start,
        end=body.end,
        until=opened.until,
    )
