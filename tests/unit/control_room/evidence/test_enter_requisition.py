"""Entering requisitions: held at once, changed as versions, found by their file."""

import pytest

from control_room.model.people import Role
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import LILLE, ROUBAIX, requisition_body

LONGER = {"from": "2026-11-20T20:00:00Z", "to": "2026-11-20T22:00:00Z"}
SHORTER = {"from": "2026-11-20T21:05:00Z", "to": "2026-11-20T21:10:00Z"}


async def test_a_requisition_holds_its_footage_from_the_moment_it_is_entered(desk: Desk) -> None:
    made = await desk.entered()
    assert (made["status"], made["version"]) == ("waiting", 1)
    assert await desk.holds() == [("requisition", "placed")]


async def test_the_journal_has_it_before_storage_is_asked(desk: Desk) -> None:
    desk.room.storage.away = True
    await desk.entered()
    assert (await desk.told())[0] == ("requisition", "granted")
    assert await desk.holds() == [("requisition", "pending")]
    desk.room.storage.away = False
    await desk.rounds()
    assert await desk.holds() == [("requisition", "placed")]


async def test_a_change_is_another_version_and_lets_nothing_go(desk: Desk) -> None:
    made = await desk.entered()
    for version, span in ((1, LONGER), (2, SHORTER)):
        body = requisition_body(desk.camera, version=version, **span)
        answer = await desk.other.put(f"/requisitions/{made['id']}", json=body)
        assert answer.status_code == 200, answer.text
    versions = (await desk.one.get(f"/requisitions/{made['id']}/versions")).json()
    assert [one["version"] for one in versions] == [1, 2, 3]
    assert versions[0]["from"] == "2026-11-20T21:00:00.000Z"
    assert await desk.holds() == [("requisition", "placed")] * 2


async def test_a_change_of_what_was_changed_meanwhile_is_a_conflict(desk: Desk) -> None:
    made = await desk.entered()
    body = requisition_body(desk.camera, version=1, **LONGER)
    assert (await desk.one.put(f"/requisitions/{made['id']}", json=body)).status_code == 200
    assert (await desk.other.put(f"/requisitions/{made['id']}", json=body)).status_code == 409
    assert (await desk.told())[0] == ("change-requisition", "refused")


async def test_requisitions_are_found_by_file_and_by_state(desk: Desk) -> None:
    await desk.entered(file="PV 2026/118-3")
    other = await desk.entered(file="PV 2026/200_1%")
    assert (await desk.act(desk.other, other, "refuse")).status_code == 200

    async def found(**query: str) -> list[str]:
        items = (await desk.one.get("/requisitions", params=query)).json()["items"]
        return [one["file"] for one in items]

    assert await found(file="118") == ["PV 2026/118-3"]
    assert await found(file="200_1%") == ["PV 2026/200_1%"]
    assert await found(file="%") == ["PV 2026/200_1%"]
    assert await found(status="waiting") == ["PV 2026/118-3"]


async def test_a_stranger_to_one_of_the_communes_sees_nothing_of_it(desk: Desk) -> None:
    far = await desk.room.camera(desk.admin, ROUBAIX)
    both = await desk.room.signed_in(Role.LEGAL, LILLE, ROUBAIX)
    made = (await both.post("/requisitions", json=requisition_body(desk.camera, far))).json()
    assert (await desk.one.get(f"/requisitions/{made['id']}")).status_code == 403
    assert (await desk.one.get("/requisitions")).json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"article": "77-1-1"}, "officer.mandate"),
        ({"article": "99-9"}, "article"),
        ({"file": ""}, "file"),
        ({"received_at": "2026-11-21T12:00:01Z"}, "received_at"),
        ({"cameras": []}, "cameras"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_holds_nothing(
    desk: Desk, wrong: dict[str, object], field: str
) -> None:
    answer = await desk.one.post("/requisitions", json=requisition_body(desk.camera) | wrong)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert await desk.holds() == []
