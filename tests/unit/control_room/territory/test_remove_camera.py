"""Removing a camera."""

import httpx

from tests.unit.control_room.room import LILLE, Room


async def test_removing_a_camera_ends_its_pictures(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    assert (await admin.delete(f"/cameras/{camera}")).status_code == 204
    lease = await room.rooms.access.lessor.lease()
    assert lease.cameras == frozenset()
    assert [one.camera for one in lease.revoked] == [f"{LILLE}/{camera}"]
    await room.clock.advance(3700)
    assert (await room.rooms.access.lessor.lease()).revoked == ()
