"""How a camera is reached stays secret."""

import httpx

from tests.unit.control_room.room import (
    CAMERA_PASSWORD,
    CAMERA_PATH,
    CAMERA_USER,
    Room,
    camera_body,
)

SECRETS = (CAMERA_PASSWORD, CAMERA_USER, CAMERA_PATH)


async def test_a_cameras_secrets_are_in_no_answer_to_people(room: Room, admin: httpx.AsyncClient) -> None:
    answers = [await admin.post("/cameras", json=camera_body())]
    camera = answers[0].json()["id"]
    answers += [
        await admin.patch(f"/cameras/{camera}", json={"password": CAMERA_PASSWORD + "2"}),
        await admin.get(f"/cameras/{camera}"),
        await admin.get("/cameras"),
        await admin.get("/journal"),
        await admin.post("/cameras", json=camera_body() | {"address": f"rtsp://127.0.0.1/{CAMERA_PATH}"}),
        await admin.post("/cameras", json=camera_body() | {"password": [CAMERA_PASSWORD]}),
        await admin.delete(f"/cameras/{camera}"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 400, 400, 204]
    assert not any(secret in answer.text for answer in answers for secret in SECRETS)


async def test_a_cameras_secrets_are_not_readable_in_the_database(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera_id = await room.camera(admin)
    async with room.db.read() as tx:
        camera = await tx.cameras.get(camera_id)
    assert not any(secret.encode() in camera.sealed for secret in SECRETS)
    assert not any(secret in repr(camera) for secret in SECRETS)
