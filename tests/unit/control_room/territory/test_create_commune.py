"""Adding a commune."""

import httpx

from tests.unit.control_room.room import LILLE, Room


async def test_a_commune_cannot_be_created_twice(room: Room, admin: httpx.AsyncClient) -> None:
    body = {"code": LILLE, "name": "Lille", "population": 1}
    assert (await admin.post("/communes", json=body)).status_code == 409
