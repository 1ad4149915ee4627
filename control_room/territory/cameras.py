"""Cameras with their state, for reading."""

from dataclasses import dataclass

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right, communes
from control_room.model.paging import Asked, Slice
from control_room.model.territory import Camera
from control_room.territory.blocking import why_blocked
from control_room.territory.room import Territory
from control_room.territory.states import CameraState
from shared.messages.storage import RecordingReport
from shared.reasons import Reason


@dataclass(frozen=True, slots=True)
class CameraNow:
    """A camera and how it is. `blocked` is why its pictures are neither shown nor recorded today."""

    camera: Camera
    blocked: Reason | None
    state: CameraState
    sub_state: CameraState | None
    recording: RecordingReport


def camera_now(territory: Territory, camera: Camera) -> CameraNow:
    """A camera as it is at this moment."""
    states = territory.states
    return CameraNow(
        camera,
        why_blocked(camera, territory.access.now()),
        states.camera(camera.stream),
        states.camera(camera.sub_stream) if camera.has_sub else None,
        states.recording(camera.stream),
    )


async def list_cameras(
    territory: Territory, caller: Caller, asked: Asked, commune: str | None
) -> Slice[CameraNow]:
    """The cameras of the caller's communes, or of one of them, by commune and name."""
    gate = territory.access.gate
    if commune is not None:
        await gate.require(caller, Right.SEE_CAMERA, communes(commune))
        codes = frozenset({commune})
    else:
        await gate.require(caller, Right.SEE_CAMERA, LISTING)
        codes = await gate.territory(caller, Right.SEE_CAMERA)
    async with territory.access.db.read() as tx:
        found = await tx.cameras.page(asked, codes)
    return Slice(tuple(camera_now(territory, camera) for camera in found.items), found.next)


async def get_camera(territory: Territory, caller: Caller, camera_id: str) -> CameraNow:
    """One camera. Raises as `Gate.camera` does."""
    return camera_now(territory, await territory.access.gate.camera(caller, Right.SEE_CAMERA, camera_id))
