"""Holds: placed and released at storage, for a procedure."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, RANGE, Room, body_of

HOLD = {"reference": "PV 118-3", "basis": "preliminary", "motive": "inquiry", **RANGE}


async def test_a_hold_is_placed_and_released_at_storage(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert hold["status"] == "placed"
    order = body_of(room.storage.asked[-1])
    assert (order["stream"], order["reference"]) == (f"{LILLE}/{camera}/main", "PV 118-3")
    assert (await legal.delete(f"/holds/{hold['id']}")).status_code == 204
    assert room.storage.asked[-1].method == "DELETE"
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "released"
    assert [entry["action"] for entry in await room.journal(admin, camera=camera)][:2] == [
        "release-hold",
        "hold",
    ]
