"""Cameras: secrets stay in, states come from workers, what is not authorised is not wanted."""

from datetime import UTC, datetime

import httpx
import pytest

from shared.messages.codec import decode, encode
from shared.messages.ingest import CameraReport, CameraReports, CameraStatus, WantedCameras
from shared.messages.storage import RecordingReport, RecordingReports, RecordingStatus
from tests.unit.control_room.room import (
    CAMERA_PASSWORD,
    CAMERA_PATH,
    CAMERA_USER,
    LILLE,
    RECORDER_TOKEN,
    ROUBAIX,
    Room,
    camera_body,
)

SECRETS = (CAMERA_PASSWORD, CAMERA_USER, CAMERA_PATH)
JSON = {"content-type": "application/json"}
SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)


async def wanted(worker: httpx.AsyncClient) -> WantedCameras:
    return decode(WantedCameras, (await worker.get("/worker/cameras")).content)


async def report(
    worker: httpx.AsyncClient, stream: str, status: CameraStatus, reason: str = "pictures arrive"
) -> httpx.Response:
    body = encode(CameraReports((CameraReport(stream, status, reason, SINCE, width=704, height=576),)))
    return await worker.put("/worker/reports", content=body, headers=JSON)


async def test_a_cameras_secrets_are_in_no_answer_to_people(room: Room, admin: httpx.AsyncClient) -> None:
    answers = [await admin.post("/cameras", json=camera_body())]
    camera = answers[0].json()["id"]
    answers += [
        await admin.patch(f"/cameras/{camera}", json={"password": CAMERA_PASSWORD + "2"}),
        await admin.get(f"/cameras/{camera}"),
        await admin.get("/cameras"),
        await admin.get("/journal"),
        await admin.post("/cameras", json=camera_body() | {"address": f"rtsp://127.0.0.1/{CAMERA_PATH}"}),
        await admin.post("/cameras", json=camera_body() | {"password": [CAMERA_PASSWORD]}),
        await admin.delete(f"/cameras/{camera}"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 400, 400, 204]
    assert not any(secret in answer.text for answer in answers for secret in SECRETS)


async def test_a_cameras_secrets_are_not_readable_in_the_database(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera_id = await room.camera(admin)
    async with room.db.read() as tx:
        camera = await tx.cameras.get(camera_id)
    assert not any(secret.encode() in camera.sealed for secret in SECRETS)
    assert not any(secret in repr(camera) for secret in SECRETS)


async def test_an_answer_shows_the_host_and_that_there_are_credentials(
    room: Room, admin: httpx.AsyncClient
) -> None:
    seen = (await admin.get(f"/cameras/{await room.camera(admin)}")).json()
    assert (seen["address_host"], seen["has_credentials"]) == ("10.1.4.20:8554", True)


async def test_a_changed_password_keeps_address_and_user_name(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    await admin.patch(f"/cameras/{camera}", json={"password": "new"})
    told = (await wanted(worker)).cameras[0]
    assert (told.address, told.username, told.password) == (
        f"rtsp://10.1.4.20:8554/{CAMERA_PATH}",
        CAMERA_USER,
        "new",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "rtsp://169.254.169.254/"}, "address"),
        ({"address": "http://10.1.4.20/"}, "address"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"commune": "1"}, "commune"),
        ({"commune": "99999"}, "commune"),
        ({"lat": 91}, "lat"),
        ({"unknown": 1}, "unknown"),
        ({"authorisation": {"number": "1"}}, "authorisation.granted_on"),
        (
            {
                "authorisation": {
                    "number": "1",
                    "granted_on": "2026-01-01",
                    "valid_until": "2027-01-01",
                    "days": 32,
                }
            },
            "authorisation.days",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object], field: str
) -> None:
    answer = await admin.post("/cameras", json=camera_body() | change)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_a_worker_is_told_of_its_own_commune_only(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, LILLE)
    await room.camera(admin, ROUBAIX)
    _, worker = await room.worker(admin, LILLE)
    assert [one.stream for one in (await wanted(worker)).cameras] == [f"{LILLE}/{camera}/main"]


async def test_an_unchanged_answer_costs_a_worker_304(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    _, worker = await room.worker(admin)
    first = await worker.get("/worker/cameras")
    tag = {"if-none-match": first.headers["etag"]}
    assert first.headers["etag"] == f'"{first.json()["version"]}"'
    again = await worker.get("/worker/cameras", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    await admin.patch(f"/cameras/{camera}", json={"name": "Other"})
    changed = await worker.get("/worker/cameras", headers=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_a_change_in_another_commune_does_not_change_the_version(
    room: Room, admin: httpx.AsyncClient
) -> None:
    _, worker = await room.worker(admin, LILLE)
    before = (await wanted(worker)).version
    await room.camera(admin, ROUBAIX)
    assert (await wanted(worker)).version == before


async def test_the_recorder_gets_304_until_a_policy_changes(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    async with room.machine(RECORDER_TOKEN) as recorder:
        first = await recorder.get("/recorder/policies")
        tag = {"if-none-match": f"W/{first.headers['etag']}"}
        assert (await recorder.get("/recorder/policies", headers=tag)).status_code == 304
        await admin.patch(f"/cameras/{camera}", json={"recorded": False})
        changed = await recorder.get("/recorder/policies", headers=tag)
    assert [policy["recorded"] for policy in changed.json()["policies"]] == [False]


async def test_a_revoked_worker_is_refused_at_once(room: Room, admin: httpx.AsyncClient) -> None:
    worker_id, worker = await room.worker(admin)
    assert (await admin.delete(f"/communes/{LILLE}/workers/{worker_id}")).status_code == 204
    assert (await worker.get("/worker/cameras")).status_code == 401


async def test_a_workers_token_is_shown_once(room: Room, admin: httpx.AsyncClient) -> None:
    made = (await admin.post(f"/communes/{LILLE}/workers", json={"name": "rack"})).json()
    listed = await admin.get(f"/communes/{LILLE}/workers")
    assert [worker["id"] for worker in listed.json()["items"]] == [made["id"]]
    assert made["token"] not in listed.text


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


async def test_the_recorders_word_is_shown(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    told = RecordingReport(f"{LILLE}/{camera}/main", RecordingStatus.FAILING, "the disk is full", SINCE)
    async with room.machine(RECORDER_TOKEN) as recorder:
        await recorder.put("/recorder/reports", content=encode(RecordingReports((told,))), headers=JSON)
    recording = (await admin.get(f"/cameras/{camera}")).json()["recording"]
    assert (recording["status"], recording["reason"]) == ("failing", "the disk is full")
    await room.clock.advance(16)
    assert (await admin.get(f"/cameras/{camera}")).json()["recording"]["status"] == "unknown"
