"""Somebody must always be able to administer."""

import httpx

from tests.unit.control_room.room import Room


async def test_the_last_administrator_cannot_be_removed(room: Room, admin: httpx.AsyncClient) -> None:
    me = (await admin.get("/session")).json()["person"]["id"]
    assert (await admin.delete(f"/people/{me}")).status_code == 409
    assert (await admin.patch(f"/people/{me}", json={"kind": "operator"})).status_code == 409
    assert (await admin.patch(f"/people/{me}", json={"enabled": False})).status_code == 409
    assert (await admin.get("/session")).status_code == 200
