"""What storage is asked by itself: what is open until it is done, and what is done until it is destroyed."""

import httpx
import pytest

from control_room.model.people import Role
from shared.errors import Unavailable
from shared.messages.storage import ExportStatus
from tests.unit.control_room.room import LILLE, RANGE, Room

EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}


async def exported(room: Room, admin: httpx.AsyncClient) -> tuple[httpx.AsyncClient, str]:
    """A legal officer, and the id of an export that is done."""
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.status = ExportStatus.DONE
    return legal, (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]


async def listed(legal: httpx.AsyncClient) -> list[str]:
    return [export["status"] for export in (await legal.get("/exports")).json()["items"]]


async def test_a_package_that_storage_has_destroyed_is_told_in_the_list_by_itself(
    room: Room, admin: httpx.AsyncClient
) -> None:
    legal, _ = await exported(room, admin)
    assert await listed(legal) == ["done"]
    room.storage.status = ExportStatus.DESTROYED
    await room.rooms.evidence.orders.revisit()
    assert await listed(legal) == ["destroyed"]


async def test_a_package_that_storage_knows_nothing_of_is_not_called_destroyed_for_good(
    room: Room, admin: httpx.AsyncClient
) -> None:
    """Its index may be lost, or its folder another: the package may be there again tomorrow."""
    legal, _ = await exported(room, admin)
    room.storage.orders.clear()
    await room.rooms.evidence.orders.revisit()
    assert await listed(legal) == ["done"]


async def test_an_export_that_storage_lost_before_it_was_done_is_ordered_again(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    await legal.post("/exports", json=EXPORT | {"cameras": [camera]})
    room.storage.orders.clear()
    await room.rooms.evidence.orders.round()
    assert (await listed(legal), room.storage.orders) == (["queued"], {})
    await room.rooms.evidence.orders.round()
    assert await listed(legal) == ["running"]
    assert len(room.storage.orders) == 1


async def test_while_storage_is_away_what_is_done_stays_done_and_the_silence_is_told(
    room: Room, admin: httpx.AsyncClient
) -> None:
    legal, _ = await exported(room, admin)
    room.storage.away = True
    with pytest.raises(Unavailable):
        await room.rooms.evidence.orders.revisit()
    assert await listed(legal) == ["done"]
    assert not room.rooms.evidence.orders.storage_answers


async def test_an_export_waits_for_a_storage_that_is_away_and_is_ordered_when_it_is_back(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.away = True
    export = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()
    assert export["status"] == "queued"
    assert "storage does not answer" in export["reason"]
    with pytest.raises(Unavailable):
        await room.rooms.evidence.orders.round()
    room.storage.away = False
    room.storage.status = ExportStatus.DONE
    await room.rooms.evidence.orders.round()
    seen = (await legal.get(f"/exports/{export['id']}")).json()
    assert (seen["status"], seen["reason"]) == ("done", "")


async def test_one_order_storage_cannot_answer_for_does_not_hold_the_others_up(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.away = True
    first = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]
    second = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]
    room.storage.away = False
    room.storage.broken = first
    with pytest.raises(Unavailable):
        await room.rooms.evidence.orders.round()
    assert (await legal.get(f"/exports/{second}")).json()["status"] == "running"
