"""Cameras with their state, for reading."""

import httpx

from tests.unit.control_room.room import (
    LILLE,
    ROUBAIX,
    Room,
)


async def test_an_answer_shows_the_host_and_that_there_are_credentials(
    room: Room, admin: httpx.AsyncClient
) -> None:
    seen = (await admin.get(f"/cameras/{await room.camera(admin)}")).json()
    assert (seen["address_host"], seen["has_credentials"]) == ("10.1.4.20:8554", True)


async def test_a_list_of_cameras_is_paged_whole_and_without_doubles(
    room: Room, admin: httpx.AsyncClient
) -> None:
    made = {await room.camera(admin, code) for code in (LILLE, ROUBAIX, LILLE, ROUBAIX, LILLE)}
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await admin.get("/cameras", params=query)).json()
        seen += [camera["id"] for camera in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == made
