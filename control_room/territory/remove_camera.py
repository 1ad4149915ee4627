"""Removing a camera."""

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right
from control_room.model.journal import AuditAction
from control_room.territory.room import Territory


async def remove_camera(territory: Territory, caller: Caller, camera_id: str) -> None:
    """Remove a camera and end its pictures. Its recordings die at their own deadline."""
    access = territory.access
    camera = await access.gate.camera(caller, Right.MANAGE_CAMERA, camera_id)
    event = caller.event(
        AuditAction.REMOVE_CAMERA, commune=camera.commune, camera=camera.id, detail=mere_name(camera.name)
    )
    async with access.db.write() as tx:
        await tx.cameras.remove(camera.id)
        await tx.communes.touch(camera.commune)
        await tx.revocations.end([camera.stream.camera_path], access.now())
        await access.gate.note(tx, caller, event)
    access.lessor.wake()
