"""What storage keeps is told, and it is told what it has to keep."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, RANGE, RECORDER_TOKEN, Room

HOLD = {"reference": "PV 118-3", "basis": "preliminary", "motive": "inquiry", **RANGE}


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
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.away = away
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    assert await reconciled(room) == ([hold], [])


async def test_storage_is_told_which_of_its_holds_a_person_has_released_and_no_other(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    room.storage.away = True
    await legal.delete(f"/holds/{hold}")
    assert await reconciled(room, hold, "h-of-a-newer-database") == ([], [hold])


async def test_an_export_keeps_its_footage_before_storage_has_its_order(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.away = True
    order = {"reference": "REQ 1", "authority": "TJ Lille", "cameras": [camera], "motive": "theft", **RANGE}
    export = (await legal.post("/exports", json=order)).json()["id"]
    assert (await reconciled(room))[0] == [f"export:{export}"]
