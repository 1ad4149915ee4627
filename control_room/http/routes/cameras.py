"""Cameras: what they are and how they are. Their images are another module's."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import SecretStr

from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import CommuneCode, Page
from control_room.http.schemas.territory import AuthorisationBody, CameraChange, CameraView, NewCamera
from control_room.http.views import camera_view, page
from control_room.model.territory import Authorisation, Camera, CameraAccess
from control_room.territory import cameras as reading
from control_room.territory import change_camera as changing
from control_room.territory import create_camera as creating
from control_room.territory import remove_camera as removing

router = APIRouter(prefix="/cameras", tags=["cameras"])


@router.get("", operation_id="listCameras", responses=READING)
async def list_cameras(
    rooms: TheRooms,
    caller: SignedIn,
    asked: AskedPage,
    commune: Annotated[CommuneCode | None, Query(description="Only this commune's.")] = None,
) -> Page[CameraView]:
    """The cameras of the caller's communes with their state, by commune and name."""
    return page(await reading.list_cameras(rooms.territory, caller, asked, commune), camera_view)


@router.post("", operation_id="createCamera", status_code=201, responses=WRITING)
async def create_camera(rooms: TheRooms, caller: SignedIn, body: NewCamera) -> CameraView:
    """Add a camera. Its worker pulls it within 2 s, once it has a valid authorisation."""
    reached = CameraAccess(*(getattr(body, name).get_secret_value() for name in changing.SECRETS))
    described = Camera(
        id="",
        commune=body.commune,
        name=body.name,
        place=body.place,
        lat=body.lat,
        lon=body.lon,
        recorded=body.recorded,
        enabled=body.enabled,
        authorisation=_authorisation(body.authorisation),
        address_host="",
        has_credentials=False,
        has_sub=False,
        opener=body.opener,
        transport=body.transport,
        sealed=b"",
    )
    return camera_view(await creating.create_camera(rooms.territory, caller, described, reached))


@router.get("/{camera_id}", operation_id="getCamera", responses=READING_ONE)
async def get_camera(rooms: TheRooms, caller: SignedIn, camera_id: str) -> CameraView:
    """One camera with its state."""
    return camera_view(await reading.get_camera(rooms.territory, caller, camera_id))


@router.patch("/{camera_id}", operation_id="changeCamera", responses=WRITING)
async def change_camera(rooms: TheRooms, caller: SignedIn, camera_id: str, body: CameraChange) -> CameraView:
    """Change a camera. What makes it unlawful to show ends its running pictures."""
    changes = {name: _plain(getattr(body, name)) for name in sorted(body.model_fields_set)}
    return camera_view(await changing.change_camera(rooms.territory, caller, camera_id, changes))


@router.delete("/{camera_id}", operation_id="removeCamera", status_code=204, responses=WRITING)
async def remove_camera(rooms: TheRooms, caller: SignedIn, camera_id: str) -> None:
    """Remove a camera and end its pictures. Its recordings die at their own deadline."""
    await removing.remove_camera(rooms.territory, caller, camera_id)


def _plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return _authorisation(value) if isinstance(value, AuthorisationBody) else value


def _authorisation(body: AuthorisationBody | None) -> Authorisation | None:
    if body is None:
        return None
    return Authorisation(body.number, body.granted_on, body.valid_until, body.days, body.least_days)
