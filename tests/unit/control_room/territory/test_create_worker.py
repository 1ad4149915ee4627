"""Making a worker's credential."""

import httpx

from tests.unit.control_room.room import (
    LILLE,
    Room,
)


async def test_a_workers_token_is_shown_once(room: Room, admin: httpx.AsyncClient) -> None:
    made = (await admin.post(f"/communes/{LILLE}/workers", json={"name": "rack"})).json()
    listed = await admin.get(f"/communes/{LILLE}/workers")
    assert [worker["id"] for worker in listed.json()["items"]] == [made["id"]]
    assert made["token"] not in listed.text
