"""Taking a worker's credential back."""

import httpx

from tests.unit.control_room.room import (
    LILLE,
    Room,
)


async def test_a_revoked_worker_is_refused_at_once(room: Room, admin: httpx.AsyncClient) -> None:
    worker_id, worker = await room.worker(admin)
    assert (await admin.delete(f"/communes/{LILLE}/workers/{worker_id}")).status_code == 204
    assert (await worker.get("/worker/cameras")).status_code == 401
