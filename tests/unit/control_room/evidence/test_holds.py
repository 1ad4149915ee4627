"""Holds: placed and released at storage, for a procedure."""

from datetime import UTC, datetime

import httpx
import pytest

from control_room.model import Kind
from shared.messages.storage import HoldPlaced, Stretch
from tests.unit.control_room.room import LILLE, RANGE, RECORDER_TOKEN, Room, body_of

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


async def reconciled(room: Room, *held: str) -> tuple[list[str], list[str]]:
    """The ids that storage is told to keep, and those it is told have ended."""
    recorder = room.machine(RECORDER_TOKEN)
    answer = (await recorder.put("/recorder/holds", json={"ids": held})).json()
    return [order["id"] for order in answer["active"]], answer["released"]


@pytest.mark.parametrize("away", [False, True])
async def test_storage_is_told_every_hold_whether_it_has_taken_it_or_not(
    room: Room, admin: httpx.AsyncClient, away: bool
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = away
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    assert await reconciled(room) == ([hold], [])


async def test_storage_is_told_which_of_its_holds_a_person_has_released_and_no_other(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    room.storage.away = True
    await legal.delete(f"/holds/{hold}")
    assert await reconciled(room, hold, "h-of-a-newer-database") == ([], [hold])


async def test_an_export_keeps_its_footage_before_storage_has_its_order(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = True
    order = {"reference": "REQ 1", "authority": "TJ Lille", "cameras": [camera], "motive": "theft", **RANGE}
    export = (await legal.post("/exports", json=order)).json()["id"]
    assert (await reconciled(room))[0] == [f"export:{export}"]


async def test_a_hold_that_came_too_late_says_for_what(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
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
