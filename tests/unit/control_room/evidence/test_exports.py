"""Exports, for reading."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX, Room

EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}


async def test_exports_of_other_communes_are_not_listed(room: Room, admin: httpx.AsyncClient) -> None:
    cameras = [await room.camera(admin, LILLE), await room.camera(admin, ROUBAIX)]
    both = await room.signed_in(Role.LEGAL, LILLE, ROUBAIX)
    one = (await both.post("/exports", json=EXPORT | {"cameras": cameras[:1]})).json()["id"]
    two = (await both.post("/exports", json=EXPORT | {"cameras": cameras})).json()["id"]
    lille = await room.signed_in(Role.LEGAL, LILLE)
    assert [seen["id"] for seen in (await both.get("/exports")).json()["items"]] == [two, one]
    assert [seen["id"] for seen in (await lille.get("/exports")).json()["items"]] == [one]
