"""Adding a camera."""

from dataclasses import replace

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right, communes
from control_room.model.journal import AuditAction
from control_room.model.territory import Camera, CameraAccess
from control_room.territory.cameras import CameraNow, camera_now
from control_room.territory.room import Territory
from control_room.territory.sealing import with_access
from shared.errors import BadInput, NotFound


async def create_camera(
    territory: Territory, caller: Caller, described: Camera, reached: CameraAccess
) -> CameraNow:
    """Keep a camera as `described` but for its id, which is new.

    Its worker pulls it within 2 s, once it has a valid authorisation. Raises BadInput on an address it may
    not have and on an unknown commune.
    """
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_CAMERA, communes(described.commune))
    camera = with_access(territory, replace(described, id=access.names.new("cam")), reached)
    event = caller.event(
        AuditAction.CREATE_CAMERA, commune=camera.commune, camera=camera.id, detail=mere_name(camera.name)
    )
    async with access.db.write() as tx:
        try:
            await tx.communes.get(camera.commune)
        except NotFound as error:
            raise BadInput(error.told, "commune") from error
        await tx.cameras.add(camera)
        await tx.communes.touch(camera.commune)
        await access.gate.note(tx, caller, event)
    return camera_now(territory, camera)
