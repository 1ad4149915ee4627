"""What workers and storage report is checked and made plain."""

from datetime import UTC, datetime

import httpx

from shared.messages.codec import decode, encode
from shared.messages.ingest import CameraReport, CameraReports, CameraStatus
from shared.messages.storage import CameraStandings, RecordingReport, RecordingReports, RecordingStatus
from tests.unit.control_room.room import (
    CAMERA_PASSWORD,
    CAMERA_USER,
    LILLE,
    RECORDER_TOKEN,
    ROUBAIX,
    Room,
)

JSON = {"content-type": "application/json"}


SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)


async def report(
    worker: httpx.AsyncClient, stream: str, status: CameraStatus, reason: str = "pictures arrive"
) -> httpx.Response:
    body = encode(CameraReports((CameraReport(stream, status, reason, SINCE, width=704, height=576),)))
    return await worker.put("/worker/reports", content=body, headers=JSON)


async def test_a_report_on_another_communes_camera_is_refused_whole(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, ROUBAIX)
    _, worker = await room.worker(admin, LILLE)
    assert (await report(worker, f"{ROUBAIX}/{camera}/main", CameraStatus.LIVE)).status_code == 403
    assert (await admin.get(f"/cameras/{camera}")).json()["state"]["status"] == "unknown"


async def test_credentials_in_a_reported_reason_are_taken_out(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    reason = f"cannot open rtsp://{CAMERA_USER}:{CAMERA_PASSWORD}@10.1.4.20/"
    await report(worker, f"{LILLE}/{camera}/main", CameraStatus.REFUSED, reason)
    assert CAMERA_PASSWORD not in (await admin.get(f"/cameras/{camera}")).text


async def test_a_report_without_zones_in_its_times_is_refused(room: Room, admin: httpx.AsyncClient) -> None:
    _, worker = await room.worker(admin)
    body = {
        "reports": [
            {"stream": f"{LILLE}/cam-x/main", "status": "live", "reason": "", "since": "2026-11-21T11:00:00"}
        ]
    }
    assert (await worker.put("/worker/reports", json=body)).status_code == 400


async def test_storage_hears_how_cameras_are_whose_pictures_it_waits_for(
    room: Room, admin: httpx.AsyncClient
) -> None:
    refused, silent, recorded = [
        f"{commune}/{await room.camera(admin, commune)}/main" for commune in (LILLE, ROUBAIX, LILLE)
    ]
    _, worker = await room.worker(admin)
    await report(worker, refused, CameraStatus.REFUSED)
    told = RecordingReports(
        tuple(
            RecordingReport(stream, status, "", SINCE)
            for stream, status in (
                (refused, RecordingStatus.WAITING),
                (silent, RecordingStatus.WAITING),
                (recorded, RecordingStatus.RECORDING),
            )
        )
    )
    recorder = room.machine(RECORDER_TOKEN)
    answer = await recorder.put("/recorder/reports", content=encode(told), headers=JSON)
    cameras = decode(CameraStandings, answer.content).cameras
    assert [(one.stream, one.status) for one in cameras] == [
        (refused, CameraStatus.REFUSED),
        (silent, CameraStatus.UNKNOWN),
    ]
    assert cameras[0].since == SINCE
    assert cameras[1].code == "worker-not-heard"
