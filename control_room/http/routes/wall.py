"""One ticket for a wall of cameras. The journal has each camera before the ticket leaves."""

from fastapi import APIRouter

from control_room.http.access import SignedIn, TheRooms
from control_room.http.problems import WRITING
from control_room.http.schemas.images import WallCamera, WallRequest, WallTicket
from control_room.http.views import ice_views, why_view
from control_room.live import open_wall as watching
from control_room.live.open_wall import WallTile

router = APIRouter(prefix="/wall", tags=["images"])


@router.post("", operation_id="openWall", status_code=201, responses=WRITING)
async def open_wall(rooms: TheRooms, caller: SignedIn, body: WallRequest) -> WallTicket:
    """A ticket to watch several cameras in one connection; what may not be shown says why, the rest is."""
    tiles, opened = await watching.open_wall(rooms.live, caller, body.cameras, body.motive, body.avoid)
    cameras = [_view(tile) for tile in tiles]
    if opened is None:
        return WallTicket(ticket=None, url=None, mux=None, cameras=cameras, ice_servers=[], until=None)
    return WallTicket(
        ticket=opened.ticket,
        url=f"{opened.mux}/wall",
        mux=opened.mux,
        cameras=cameras,
        ice_servers=ice_views(opened.ice),
        until=opened.until,
    )


def _view(tile: WallTile) -> WallCamera:
    path = tile.camera.stream.camera_path if tile.camera is not None and tile.refused is None else None
    name = tile.camera.name if tile.camera is not None and not tile.foreign else ""
    said = None if tile.refused is None else tile.refused.text
    return WallCamera(id=tile.id, path=path, name=name, refused=said, why=why_view(tile.refused))
