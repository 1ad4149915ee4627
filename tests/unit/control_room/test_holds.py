"""Holds: placed and released at storage, for a procedure."""

import httpx
import pytest

from control_room.model import Kind
from tests.unit.control_room.room import LILLE, RANGE, Room, body_of

HOLD = {"reference": "PV 118-3", "motive": "inquiry", **RANGE}


async def test_a_hold_is_placed_and_released_at_storage(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
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


async def test_a_hold_waits_for_a_storage_that_is_away(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = True
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert hold["status"] == "pending"
    room.storage.away = False
    await room.desk.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "placed"


async def test_a_hold_released_while_storage_was_away_is_never_left_placed(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    room.storage.away = True
    assert (await legal.delete(f"/holds/{hold}")).status_code == 204
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "releasing"
    room.storage.away = False
    await room.desk.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "released"


@pytest.mark.parametrize("missing", ["reference", "motive"])
async def test_a_hold_needs_a_procedure(room: Room, admin: httpx.AsyncClient, missing: str) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = await legal.post("/holds", json=HOLD | {"camera": camera, missing: ""})
    assert (answer.status_code, answer.json()["field"]) == (400, missing)
