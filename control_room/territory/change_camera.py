"""Changing a camera: what is told of it, what allows it, how it is reached."""

from collections.abc import Mapping
from dataclasses import replace

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.model.changes import refuse_nulls
from control_room.model.journal import AuditAction
from control_room.model.territory import Camera
from control_room.territory.blocking import why_blocked
from control_room.territory.cameras import CameraNow, camera_now
from control_room.territory.room import Territory
from control_room.territory.sealing import with_access
from shared.reasons import why

SECRETS = ("address", "username", "password", "sub_address")
_NULLABLE = frozenset({"lat", "lon", "authorisation"})


async def change_camera(
    territory: Territory, caller: Caller, camera_id: str, changes: Mapping[str, object]
) -> CameraNow:
    """Change members of a camera, by their names, and SECRETS of how it is reached, as plain texts.

    What makes it unlawful to show ends its running pictures. Raises BadInput, Forbidden, NotFound.
    """
    access = territory.access
    await access.gate.camera(caller, Right.MANAGE_CAMERA, camera_id)
    refuse_nulls(changes, _NULLABLE)
    fields = why("fields-changed", "{fields}", fields=", ".join(changes))
    async with access.db.write() as tx:
        before = await tx.cameras.get(camera_id)
        camera = _changed(territory, before, changes)
        await tx.cameras.change(camera)
        await tx.communes.touch(camera.commune)
        event = caller.event(
            AuditAction.CHANGE_CAMERA, commune=camera.commune, camera=camera.id, detail=fields
        )
        await access.gate.note(tx, caller, event)
        now = access.now()
        if why_blocked(before, now) is None and why_blocked(camera, now) is not None:
            await tx.revocations.end([camera.stream.camera_path], now)
    access.lessor.wake()
    return camera_now(territory, camera)


def _changed(territory: Territory, before: Camera, changes: Mapping[str, object]) -> Camera:
    plain = {name: value for name, value in changes.items() if name not in SECRETS}
    camera = replace(before, **plain)  # type: ignore[arg-type]  # the schema has checked names and types
    texts = {name: str(value) for name, value in changes.items() if name in SECRETS}
    if not texts:
        return camera
    return with_access(territory, camera, replace(territory.vault.open(before.sealed), **texts))
