"""Communes, and lists that hold the caller's communes only."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


async def test_a_list_holds_the_callers_communes_only(room: Room, admin: httpx.AsyncClient) -> None:
    own = await room.camera(admin, LILLE)
    await room.camera(admin, ROUBAIX)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    assert [one["id"] for one in (await operator.get("/cameras")).json()["items"]] == [own]
    assert [one["code"] for one in (await operator.get("/communes")).json()["items"]] == [LILLE]
    assert (await operator.get("/cameras", params={"commune": ROUBAIX})).status_code == 403
