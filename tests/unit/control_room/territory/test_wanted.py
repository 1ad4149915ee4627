"""What workers pull and storage records, with a version that changes when it does."""

import httpx

from shared.messages.codec import decode
from shared.messages.ingest import WantedCameras
from tests.unit.control_room.room import (
    LILLE,
    RECORDER_TOKEN,
    ROUBAIX,
    Room,
)


async def wanted(worker: httpx.AsyncClient) -> WantedCameras:
    return decode(WantedCameras, (await worker.get("/worker/cameras")).content)


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


async def test_the_recorder_is_told_the_least_days_of_an_authorisation(
    room: Room, admin: httpx.AsyncClient
) -> None:
    permit = {"number": "1", "granted_on": "2026-01-01", "valid_until": "2030-01-01", "days": 20}
    camera = await room.camera(admin, authorisation=permit | {"least_days": 10})
    told = (await room.machine(RECORDER_TOKEN).get("/recorder/policies")).json()["policies"]
    assert [(one["days"], one["least_days"]) for one in told] == [(20, 10)]
    refused = await admin.patch(f"/cameras/{camera}", json={"authorisation": permit | {"least_days": 21}})
    assert (refused.status_code, refused.json()["field"]) == (400, "authorisation.least_days")
    assert (await admin.get(f"/cameras/{camera}")).json()["authorisation"]["least_days"] == 10


async def test_the_recorder_gets_304_until_a_policy_changes(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    async with room.machine(RECORDER_TOKEN) as recorder:
        first = await recorder.get("/recorder/policies")
        tag = {"if-none-match": f"W/{first.headers['etag']}"}
        assert (await recorder.get("/recorder/policies", headers=tag)).status_code == 304
        await admin.patch(f"/cameras/{camera}", json={"recorded": False})
        changed = await recorder.get("/recorder/policies", headers=tag)
    assert [policy["recorded"] for policy in changed.json()["policies"]] == [False]


async def test_recorders_are_told_when_an_authorisation_is_over(room: Room, admin: httpx.AsyncClient) -> None:
    permit = {"number": "1", "granted_on": "2026-01-01", "valid_until": "2026-12-31", "days": 20}
    await room.camera(admin, authorisation=permit)
    told = (await room.machine(RECORDER_TOKEN).get("/recorder/policies")).json()["policies"]
    assert [one["until"] for one in told] == ["2027-01-01T00:00:00Z"]


async def test_an_edge_is_told_what_its_own_commune_records_and_no_other(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, LILLE)
    _, worker = await room.worker(admin, LILLE)
    first = await worker.get("/worker/recording")
    other = await room.camera(admin, ROUBAIX)
    again = await worker.get("/worker/recording", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, other != camera) == (304, True)
    assert [one["stream"] for one in first.json()["policies"]] == [f"{LILLE}/{camera}/main"]
