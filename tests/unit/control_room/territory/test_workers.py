"""Workers by their credential."""

import httpx

from tests.unit.control_room.room import LILLE, Room


async def test_a_worker_is_heard_once_it_has_used_its_credential(
    room: Room, admin: httpx.AsyncClient
) -> None:
    _, worker = await room.worker(admin)

    async def heard_at() -> object:
        return (await admin.get(f"/communes/{LILLE}/workers")).json()["items"][0]["heard_at"]

    assert await heard_at() is None
    await worker.get("/worker/cameras")
    assert await heard_at() == "2026-11-21T12:00:00.000Z"


async def test_the_workers_of_a_commune_there_is_not_are_no_empty_list(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/communes/59001/workers")).status_code == 404
