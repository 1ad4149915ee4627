"""Cameras, and the tickets to their images."""

from fastapi import APIRouter

from control_room.http.access import Cursor, Limit, SignedIn
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import CommuneCode, Page
from control_room.http.schemas.images import LiveRequest, LiveTicket, PlaybackRequest, PlaybackTicket
from control_room.http.schemas.territory import CameraChange, CameraView, NewCamera

router = APIRouter(prefix="/cameras", tags=["cameras"])


@router.get("", operation_id="listCameras", responses=READING)
async def list_cameras(
    caller: SignedIn, commune: CommuneCode | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[CameraView]:
    """The cameras of the caller's communes with their state, by commune and name."""
    raise NotImplementedError


@router.post("", operation_id="createCamera", status_code=201, responses=WRITING)
async def create_camera(caller: SignedIn, body: NewCamera) -> CameraView:
    """Add a camera. Its worker pulls it within 2 s, once it has a valid authorisation."""
    raise NotImplementedError


@router.get("/{camera_id}", operation_id="getCamera", responses=READING_ONE)
async def get_camera(caller: SignedIn, camera_id: str) -> CameraView:
    """One camera with its state."""
    raise NotImplementedError


@router.patch("/{camera_id}", operation_id="changeCamera", responses=WRITING)
async def change_camera(caller: SignedIn, camera_id: str, body: CameraChange) -> CameraView:
    """Change a camera. What makes it unlawful to show ends its running pictures."""
    raise NotImplementedError


@router.delete("/{camera_id}", operation_id="removeCamera", status_code=204, responses=WRITING)
async def remove_camera(caller: SignedIn, camera_id: str) -> None:
    """Remove a camera and end its pictures. Its recordings die at their own deadline."""
    raise NotImplementedError


@router.post("/{camera_id}/live", operation_id="openLive", status_code=201, responses=WRITING)
async def open_live(caller: SignedIn, camera_id: str, body: LiveRequest) -> LiveTicket:
    """A ticket to watch a camera now. The journal has it before the ticket leaves."""
    raise NotImplementedError


@router.post("/{camera_id}/playback", operation_id="openPlayback", status_code=201, responses=WRITING)
async def open_playback(caller: SignedIn, camera_id: str, body: PlaybackRequest) -> PlaybackTicket:
    """A ticket to play a range of a camera's recordings. The journal has it before the ticket leaves."""
    raise NotImplementedError
