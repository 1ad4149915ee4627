"""Removing a commune."""

import httpx

from tests.unit.control_room.room import ROUBAIX, Room


async def test_a_commune_with_cameras_cannot_be_removed(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, ROUBAIX)
    assert (await admin.delete(f"/communes/{ROUBAIX}")).status_code == 409
    await admin.delete(f"/cameras/{camera}")
    assert (await admin.delete(f"/communes/{ROUBAIX}")).status_code == 204
    assert (await admin.get(f"/communes/{ROUBAIX}")).status_code == 404
