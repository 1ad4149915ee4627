"""A camera without a valid authorisation is neither shown nor recorded, and says why."""

from datetime import UTC, datetime

import httpx
import pytest

from control_room.model.territory import Authorisation, Camera
from control_room.territory.blocking import may_record, why_blocked
from shared.messages.codec import decode
from shared.messages.ingest import CameraOpener, CameraTransport, WantedCameras
from shared.messages.storage import RecordingPolicies
from tests.unit.control_room.room import LILLE, RECORDER_TOKEN, Room

SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)


async def wanted(worker: httpx.AsyncClient) -> WantedCameras:
    return decode(WantedCameras, (await worker.get("/worker/cameras")).content)


async def policies(room: Room) -> RecordingPolicies:
    async with room.machine(RECORDER_TOKEN) as recorder:
        return decode(RecordingPolicies, (await recorder.get("/recorder/policies")).content)


def permit(**dates: str) -> dict[str, object]:
    return {
        "authorisation": {
            "number": "N1",
            "granted_on": "2026-01-01",
            "valid_until": "2030-01-01",
            "days": 10,
            **dates,
        }
    }


BLOCKED = [
    ({"authorisation": None}, "no prefectural authorisation"),
    (permit(valid_until="2026-11-20"), "ended on 2026-11-20"),
    (permit(granted_on="2026-11-22"), "starts on 2026-11-22"),
    ({"enabled": False}, "switched off"),
]


@pytest.mark.parametrize(("change", "reason"), BLOCKED)
async def test_a_camera_that_may_not_be_shown_is_not_wanted_nor_recorded_and_says_why(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object], reason: str
) -> None:
    camera = await room.camera(admin, LILLE, **change)
    _, worker = await room.worker(admin)
    assert reason in (await admin.get(f"/cameras/{camera}")).json()["blocked_reason"]
    assert (await wanted(worker)).cameras == ()
    assert not any(policy.recorded for policy in (await policies(room)).policies)


@pytest.mark.parametrize("change", [change for change, _ in BLOCKED])
async def test_what_blocks_a_camera_ends_its_pictures(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object]
) -> None:
    camera = await room.camera(admin)
    path = f"{LILLE}/{camera}"
    assert path in (await room.rooms.access.lessor.lease()).cameras
    assert (await admin.patch(f"/cameras/{camera}", json=change)).status_code == 200
    lease = await room.rooms.access.lessor.lease()
    assert path not in lease.cameras
    assert [one.camera for one in lease.revoked] == [path]
    assert lease.revoked[0].at_ms > lease.at_ms


async def test_a_blocked_cameras_recordings_keep_their_days(room: Room, admin: httpx.AsyncClient) -> None:
    await room.camera(admin, LILLE, **permit(valid_until="2026-11-20"))
    assert [(policy.recorded, policy.days) for policy in (await policies(room)).policies] == [(False, 10)]


async def test_an_authorisation_that_ends_overnight_takes_the_camera_off(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, LILLE, **permit(valid_until="2026-11-21"))
    _, worker = await room.worker(admin)
    assert len((await wanted(worker)).cameras) == 1
    before = await room.rooms.access.lessor.lease()
    assert (before.cameras, before.revoked) == (frozenset({f"{LILLE}/{camera}"}), ())
    await room.clock.advance(12 * 3600)
    assert (await wanted(worker)).cameras == ()
    after = await room.rooms.access.lessor.lease()
    assert after.cameras == frozenset()
    assert [one.camera for one in after.revoked] == [f"{LILLE}/{camera}"]
    assert before.at_ms < after.revoked[0].at_ms <= after.at_ms


def test_the_last_day_of_an_authorisation_counts() -> None:
    authorisation = Authorisation("N1", SINCE.date(), SINCE.date(), 10)
    camera = Camera(
        id="cam-1",
        commune=LILLE,
        name="",
        place="",
        lat=None,
        lon=None,
        recorded=True,
        enabled=True,
        authorisation=authorisation,
        address_host="10.1.4.20:554",
        has_credentials=False,
        has_sub=False,
        opener=CameraOpener.OWN,
        transport=CameraTransport.TCP,
        sealed=b"",
    )
    assert why_blocked(camera, SINCE) is None
    assert may_record(camera, SINCE)
