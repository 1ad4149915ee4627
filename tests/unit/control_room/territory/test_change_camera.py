"""Changing a camera."""

import httpx

from shared.messages.codec import decode
from shared.messages.ingest import WantedCameras
from tests.unit.control_room.room import (
    CAMERA_PATH,
    CAMERA_USER,
    Room,
)


async def wanted(worker: httpx.AsyncClient) -> WantedCameras:
    return decode(WantedCameras, (await worker.get("/worker/cameras")).content)


async def test_a_changed_password_keeps_address_and_user_name(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    await admin.patch(f"/cameras/{camera}", json={"password": "new"})
    told = (await wanted(worker)).cameras[0]
    assert (told.address, told.username, told.password) == (
        f"rtsp://10.1.4.20:8554/{CAMERA_PATH}",
        CAMERA_USER,
        "new",
    )
