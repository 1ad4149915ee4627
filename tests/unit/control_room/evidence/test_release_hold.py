"""Ending a hold."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, RANGE, Room

HOLD = {"reference": "PV 118-3", "basis": "preliminary", "motive": "inquiry", **RANGE}


async def test_a_hold_released_while_storage_was_away_is_never_left_placed(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    room.storage.away = True
    assert (await legal.delete(f"/holds/{hold}")).status_code == 204
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "releasing"
    room.storage.away = False
    await room.rooms.evidence.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "released"
