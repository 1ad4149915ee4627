"""Small streams, and how a camera is pulled: kept secret, asked of workers, apart from the main stream."""

from datetime import UTC, datetime

import httpx
import pytest

from shared.messages.codec import decode, encode
from shared.messages.ingest import (
    CameraOpener,
    CameraReport,
    CameraReports,
    CameraStatus,
    CameraTransport,
    WantedCamera,
    WantedCameras,
)
from tests.unit.control_room.room import CAMERA_PASSWORD, CAMERA_USER, LILLE, RECORDER_TOKEN, Room

SUB = "rtsp://10.1.4.20:8554/hidden-small-Zq81"


SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)


async def wanted(worker: httpx.AsyncClient) -> tuple[WantedCamera, ...]:
    return decode(WantedCameras, (await worker.get("/worker/cameras")).content).cameras


async def test_a_sub_stream_is_wanted_on_demand_with_the_cameras_credentials(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, sub_address=SUB, opener="av", transport="udp")
    _, worker = await room.worker(admin)
    main, sub = await wanted(worker)
    assert (main.stream, main.on_demand) == (f"{LILLE}/{camera}/main", False)
    assert (sub.stream, sub.on_demand, sub.address) == (f"{LILLE}/{camera}/sub", True, SUB)
    assert (sub.username, sub.password) == (CAMERA_USER, CAMERA_PASSWORD)
    pulled = {(stream.opener, stream.transport) for stream in (main, sub)}
    assert pulled == {(CameraOpener.AV, CameraTransport.UDP)}


async def test_a_camera_is_pulled_by_our_own_client_over_tcp_unless_told_otherwise(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    (main,) = await wanted(worker)
    assert (main.opener, main.transport) == (CameraOpener.OWN, CameraTransport.TCP)
    seen = (await admin.get(f"/cameras/{camera}")).json()
    assert (seen["has_sub"], seen["opener"], seen["transport"]) == (False, "own", "tcp")
    assert seen["sub_state"] is None


async def test_a_changed_way_of_pulling_reaches_the_worker(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    before = (await worker.get("/worker/cameras")).headers["etag"]
    changed = await admin.patch(f"/cameras/{camera}", json={"opener": "av", "sub_address": SUB})
    assert (changed.json()["opener"], changed.json()["has_sub"]) == ("av", True)
    assert (await worker.get("/worker/cameras")).headers["etag"] != before
    main, sub = await wanted(worker)
    assert (main.opener, main.password, sub.address) == (CameraOpener.AV, CAMERA_PASSWORD, SUB)
    assert (await admin.patch(f"/cameras/{camera}", json={"sub_address": ""})).json()["has_sub"] is False
    assert [stream.stream for stream in await wanted(worker)] == [f"{LILLE}/{camera}/main"]


async def test_a_sub_address_is_in_no_answer_and_not_readable_in_the_database(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera_id = await room.camera(admin, sub_address=SUB)
    answers = [
        await admin.get(f"/cameras/{camera_id}"),
        await admin.get("/cameras"),
        await admin.patch(f"/cameras/{camera_id}", json={"sub_address": SUB}),
        await admin.get("/journal"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not any("hidden-small" in answer.text for answer in answers)
    async with room.db.read() as tx:
        camera = await tx.cameras.get(camera_id)
    assert b"hidden-small" not in camera.sealed


@pytest.mark.parametrize(
    "change",
    [
        {"sub_address": "rtsp://169.254.169.254/x"},
        {"sub_address": "http://10.1.4.20/"},
        {"sub_address": "rtsp://viewer:secret@10.1.4.20/"},
        {"opener": "vlc"},
        {"transport": "multicast"},
        {"opener": None},
        {"sub_address": None},
    ],
)
async def test_a_wrong_way_of_pulling_is_named(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object]
) -> None:
    camera = await room.camera(admin)
    answer = await admin.patch(f"/cameras/{camera}", json=change)
    assert (answer.status_code, answer.json()["field"]) == (400, next(iter(change)))


async def test_a_sub_streams_state_is_kept_apart_from_the_cameras(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, sub_address=SUB)
    _, worker = await room.worker(admin)
    told = CameraReports(
        (
            CameraReport(f"{LILLE}/{camera}/main", CameraStatus.LIVE, "pictures arrive", SINCE, width=1920),
            CameraReport(f"{LILLE}/{camera}/sub", CameraStatus.REFUSED, "the password is wrong", SINCE),
        )
    )
    await worker.put("/worker/reports", content=encode(told), headers={"content-type": "application/json"})
    seen = (await admin.get(f"/cameras/{camera}")).json()
    assert (seen["state"]["status"], seen["state"]["width"]) == ("live", 1920)
    assert (seen["sub_state"]["status"], seen["sub_state"]["reason"]) == ("refused", "the password is wrong")


async def test_advice_on_a_camera_is_shown_without_credentials(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    advice = "switch B-frames off at http://viewer:pass-Zq81@10.1.4.20/"
    report = CameraReport(f"{LILLE}/{camera}/main", CameraStatus.LIVE, "pictures", SINCE, advice=advice)
    body = encode(CameraReports((report,)))
    await worker.put("/worker/reports", content=body, headers={"content-type": "application/json"})
    shown = (await admin.get(f"/cameras/{camera}")).json()["state"]["advice"]
    assert shown.startswith("switch B-frames off")
    assert "pass-Zq81" not in shown


async def test_only_the_main_stream_is_recorded(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, sub_address=SUB)
    async with room.machine(RECORDER_TOKEN) as recorder:
        policies = (await recorder.get("/recorder/policies")).json()["policies"]
    assert [policy["stream"] for policy in policies] == [f"{LILLE}/{camera}/main"]
