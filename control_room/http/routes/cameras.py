"""Cameras: what they are and how they are. Their images are another module's."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import SecretStr

from control_room.access.rights import LISTING, Right, communes
from control_room.desk import Desk
from control_room.http.access import AskedPage, SignedIn, TheDesk
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import CommuneCode, Page
from control_room.http.schemas.territory import AuthorisationBody, CameraChange, CameraView, NewCamera
from control_room.http.views import camera_view, page
from control_room.model.territory import Authorisation, Camera, CameraAccess, blocked_reason
from shared.errors import BadInput, NotFound
from shared.reasons import why

router = APIRouter(prefix="/cameras", tags=["cameras"])
_SECRETS = ("address", "username", "password", "sub_address")
_NULLABLE = frozenset({"lat", "lon", "authorisation"})


@router.get("", operation_id="listCameras", responses=READING)
async def list_cameras(
    desk: TheDesk,
    caller: SignedIn,
    asked: AskedPage,
    commune: Annotated[CommuneCode | None, Query(description="Only this commune's.")] = None,
) -> Page[CameraView]:
    """The cameras of the caller's communes with their state, by commune and name."""
    if commune is not None:
        await desk.gate.require(caller, Right.SEE_CAMERA, communes(commune))
        codes = frozenset({commune})
    else:
        await desk.gate.require(caller, Right.SEE_CAMERA, LISTING)
        codes = await desk.gate.territory(caller, Right.SEE_CAMERA)
    async with desk.db.read() as tx:
        return page(await tx.cameras.page(asked, codes), lambda camera: camera_view(desk, camera))


@router.post("", operation_id="createCamera", status_code=201, responses=WRITING)
async def create_camera(desk: TheDesk, caller: SignedIn, body: NewCamera) -> CameraView:
    """Add a camera. Its worker pulls it within 2 s, once it has a valid authorisation."""
    await desk.gate.require(caller, Right.MANAGE_CAMERA, communes(body.commune))
    access = CameraAccess(*(getattr(body, name).get_secret_value() for name in _SECRETS))
    camera = Camera(
        id=desk.names.new("cam"),
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
    camera = _with_access(desk, camera, access)
    async with desk.db.write() as tx:
        try:
            await tx.communes.get(camera.commune)
        except NotFound as error:
            raise BadInput(error.told, "commune") from error
        await tx.cameras.add(camera)
        await tx.communes.touch(camera.commune)
        event = caller.event("create-camera", commune=camera.commune, camera=camera.id, detail=camera.name)
        await desk.gate.grant(tx, caller, event)
    return camera_view(desk, camera)


@router.get("/{camera_id}", operation_id="getCamera", responses=READING_ONE)
async def get_camera(desk: TheDesk, caller: SignedIn, camera_id: str) -> CameraView:
    """One camera with its state."""
    return camera_view(desk, await desk.gate.camera(caller, Right.SEE_CAMERA, camera_id))


@router.patch("/{camera_id}", operation_id="changeCamera", responses=WRITING)
async def change_camera(desk: TheDesk, caller: SignedIn, camera_id: str, body: CameraChange) -> CameraView:
    """Change a camera. What makes it unlawful to show ends its running pictures."""
    await desk.gate.camera(caller, Right.MANAGE_CAMERA, camera_id)
    named = sorted(body.model_fields_set)
    changes: dict[str, object] = {name: getattr(body, name) for name in named}
    for field in named:
        if changes[field] is None and field not in _NULLABLE:
            raise BadInput(why("field-null", "{field} cannot be null", field=field), field)
    secrets = {name: changes.pop(name) for name in _SECRETS if name in changes}
    if "authorisation" in changes:
        changes["authorisation"] = _authorisation(body.authorisation)
    async with desk.db.write() as tx:
        before = await tx.cameras.get(camera_id)
        camera = _changed(desk, before, changes, secrets)
        await tx.cameras.change(camera)
        await tx.communes.touch(camera.commune)
        fields = why("fields-changed", "{fields}", fields=", ".join(named))
        event = caller.event("change-camera", commune=camera.commune, camera=camera.id, detail=fields)
        await desk.gate.grant(tx, caller, event)
        today = desk.today()
        if blocked_reason(before, today) is None and blocked_reason(camera, today) is not None:
            await tx.revocations.end([camera.stream.camera_path], desk.now())
    desk.lessor.wake()
    return camera_view(desk, camera)


@router.delete("/{camera_id}", operation_id="removeCamera", status_code=204, responses=WRITING)
async def remove_camera(desk: TheDesk, caller: SignedIn, camera_id: str) -> None:
    """Remove a camera and end its pictures. Its recordings die at their own deadline."""
    camera = await desk.gate.camera(caller, Right.MANAGE_CAMERA, camera_id)
    async with desk.db.write() as tx:
        await tx.cameras.remove(camera.id)
        await tx.communes.touch(camera.commune)
        await tx.revocations.end([camera.stream.camera_path], desk.now())
        event = caller.event("remove-camera", commune=camera.commune, camera=camera.id, detail=camera.name)
        await desk.gate.grant(tx, caller, event)
    desk.lessor.wake()


def _authorisation(body: AuthorisationBody | None) -> Authorisation | None:
    if body is None:
        return None
    return Authorisation(body.number, body.granted_on, body.valid_until, body.days)


def _changed(desk: Desk, before: Camera, changes: dict[str, object], secrets: dict[str, object]) -> Camera:
    camera = replace(before, **changes)  # type: ignore[arg-type]  # the schema has checked names and types
    if not secrets:
        return camera
    texts = {
        name: value.get_secret_value() for name, value in secrets.items() if isinstance(value, SecretStr)
    }
    return _with_access(desk, camera, replace(desk.vault.open(before.sealed), **texts))


def _with_access(desk: Desk, camera: Camera, access: CameraAccess) -> Camera:
    """The camera with this access sealed in it. Raises BadInput where an address must not be reached."""
    place = desk.addresses.check(access.address)
    if access.sub_address:
        _check_sub_address(desk, access.sub_address)
    if access.password and not access.username:
        raise BadInput(why("password-without-user", "a password without a user name"), "username")
    return replace(
        camera,
        address_host=str(place),
        has_credentials=bool(access.username),
        has_sub=bool(access.sub_address),
        sealed=desk.vault.seal(access),
    )


def _check_sub_address(desk: Desk, address: str) -> None:
    try:
        desk.addresses.check(address)
    except BadInput as error:
        raise BadInput(error.told, "sub_address") from error
