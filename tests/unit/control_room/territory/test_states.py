"""How cameras and recordings are, as last told."""

from datetime import UTC, datetime

import httpx

from shared.messages.codec import encode
from shared.messages.ingest import CameraReport, CameraReports, CameraStatus
from shared.messages.storage import RecordingReport, RecordingReports, RecordingStatus
from tests.unit.control_room.room import (
    LILLE,
    RECORDER_TOKEN,
    Room,
)

JSON = {"content-type": "application/json"}


SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)


async def report(
    worker: httpx.AsyncClient, stream: str, status: CameraStatus, reason: str = "pictures arrive"
) -> httpx.Response:
    body = encode(CameraReports((CameraReport(stream, status, reason, SINCE, width=704, height=576),)))
    return await worker.put("/worker/reports", content=body, headers=JSON)


async def test_a_state_is_what_the_worker_told_until_it_falls_silent(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    assert (await report(worker, f"{LILLE}/{camera}/main", CameraStatus.LIVE)).status_code == 204
    state = (await admin.get(f"/cameras/{camera}")).json()["state"]
    assert (state["status"], state["reason"], state["width"]) == ("live", "pictures arrive", 704)
    await room.clock.advance(14.9)
    assert (await admin.get(f"/cameras/{camera}")).json()["state"]["status"] == "live"
    await room.clock.advance(0.2)
    state = (await admin.get(f"/cameras/{camera}")).json()["state"]
    assert (state["status"], state["reason"]) == (
        "unknown",
        "no word from the commune's ingest worker for 15 s",
    )


async def test_a_camera_nobody_told_of_is_unknown_and_says_why(room: Room, admin: httpx.AsyncClient) -> None:
    state = (await admin.get(f"/cameras/{await room.camera(admin)}")).json()["state"]
    assert state["status"] == "unknown"
    assert "has not been heard" in state["reason"]


async def test_the_recorders_word_is_shown(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    told = RecordingReport(f"{LILLE}/{camera}/main", RecordingStatus.FAILING, "the disk is full", SINCE)
    async with room.machine(RECORDER_TOKEN) as recorder:
        await recorder.put("/recorder/reports", content=encode(RecordingReports((told,))), headers=JSON)
    recording = (await admin.get(f"/cameras/{camera}")).json()["recording"]
    assert (recording["status"], recording["reason"]) == ("failing", "the disk is full")
    await room.clock.advance(16)
    assert (await admin.get(f"/cameras/{camera}")).json()["recording"]["status"] == "unknown"
