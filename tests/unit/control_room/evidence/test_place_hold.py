"""Placing a hold at storage, for a procedure."""

from datetime import UTC, datetime

import httpx
import pytest

from control_room.model.people import Role
from shared.messages.storage import HoldPlaced, Stretch
from tests.unit.control_room.room import LILLE, RANGE, Room

HOLD = {"reference": "PV 118-3", "basis": "preliminary", "motive": "inquiry", **RANGE}


async def test_a_hold_waits_for_a_storage_that_is_away(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.away = True
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert hold["status"] == "pending"
    room.storage.away = False
    await room.rooms.evidence.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "placed"


@pytest.mark.parametrize("missing", ["reference", "motive"])
async def test_a_hold_needs_a_procedure(room: Room, admin: httpx.AsyncClient, missing: str) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post("/holds", json=HOLD | {"camera": camera, missing: ""})
    assert (answer.status_code, answer.json()["field"]) == (400, missing)


async def test_a_hold_that_came_too_late_says_for_what(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    gone = Stretch(datetime(2026, 11, 20, 21, 0, tzinfo=UTC), datetime(2026, 11, 20, 21, 5, tzinfo=UTC))
    room.storage.placed = HoldPlaced((gone,), 2)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert (hold["status"], "21:00:00+00:00 to 2026-11-20T21:05:00+00:00 and 2 more" in hold["reason"]) == (
        "placed",
        True,
    )
    said = "2026-11-20T21:00:00+00:00 to 2026-11-20T21:05:00+00:00"
    assert hold["why"] == {"code": "hold-partial-more", "params": {"ranges": said, "more": 2}}
    kept = (await legal.get("/holds")).json()["items"][0]
    assert kept["why"] == hold["why"]
