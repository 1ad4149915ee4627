"""The second person's word: never the first one's, on what was seen, and once."""

import asyncio

import pytest

from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import LILLE, requisition_body


async def test_approval_orders_the_export_and_goes_on_holding(desk: Desk) -> None:
    found = await desk.approved(ExportStatus.RUNNING)
    order = desk.room.storage.orders[str(found["export"])]
    assert (order.reference, order.authority.split(",")[0]) == ("PV 2026/118-3", "A. Martin")
    assert await desk.holds() == [("requisition", "placed")]
    export = (await desk.one.get(f"/exports/{found['export']}")).json()
    assert (export["requisition"], export["progress"]) == (found["id"], 0.5)


async def test_nobody_approves_or_refuses_what_they_entered_any_version_of(desk: Desk) -> None:
    made = await desk.entered()
    body = requisition_body(desk.camera, version=1)
    assert (await desk.other.put(f"/requisitions/{made['id']}", json=body)).status_code == 200
    for who in (desk.one, desk.other):
        for what in ("approve", "refuse"):
            answer = await desk.act(who, made, what, 2)
            assert (answer.status_code, answer.json()["why"]["code"]) == (403, "second-person")
    assert (await desk.told())[0] == ("refuse-requisition", "refused")
    third = await desk.room.signed_in(Role.LEGAL, LILLE)
    assert (await desk.act(third, made, "approve", 2)).status_code == 200


async def test_a_right_lost_since_the_request_came_approves_nothing(desk: Desk) -> None:
    made = await desk.entered()
    person = (await desk.other.get("/session")).json()["person"]
    change = {"kind": "operator"}
    assert (await desk.admin.patch(f"/people/{person['id']}", json=change)).status_code == 200
    assert (await desk.act(desk.other, made, "approve")).status_code in (401, 403)
    assert (await desk.now(made))["status"] == "waiting"


async def test_what_was_changed_since_it_was_seen_is_not_approved(desk: Desk) -> None:
    made = await desk.entered()
    body = requisition_body(desk.camera, version=1)
    assert (await desk.one.put(f"/requisitions/{made['id']}", json=body)).status_code == 200
    answer = await desk.act(desk.other, made, "approve", 1)
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "requisition-changed")
    assert desk.room.storage.orders == {}


async def test_two_who_approve_at_once_order_one_export(desk: Desk) -> None:
    made = await desk.entered()
    third = await desk.room.signed_in(Role.LEGAL, LILLE)
    answers = await asyncio.gather(*(desk.act(who, made, "approve") for who in (desk.other, third)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(desk.room.storage.orders) == 1


@pytest.mark.parametrize(("what", "status"), [("refuse", "refused"), ("withdraw", "withdrawn")])
async def test_a_requisition_that_comes_to_nothing_says_why_and_holds_nothing(
    desk: Desk, what: str, status: str
) -> None:
    made = await desk.entered()
    who = desk.other if what == "refuse" else desk.one
    found = (await desk.act(who, made, what)).json()
    assert (found["status"], found["decision"]) == (status, "checked by phone")
    assert await desk.holds() == [("requisition", "released")]
    assert (await desk.act(desk.other, made, "approve")).status_code == 409


async def test_the_hold_of_a_requisition_ends_with_it_only(desk: Desk) -> None:
    await desk.entered()
    hold = (await desk.one.get("/holds")).json()["items"][0]
    answer = await desk.one.delete(f"/holds/{hold['id']}")
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "hold-of-requisition")


async def test_approval_ends_the_holds_that_the_approved_version_does_not_ask_for(desk: Desk) -> None:
    made = await desk.entered()
    span = {"from": "2026-11-19T21:00:00Z", "to": "2026-11-19T22:00:00Z"}
    body = requisition_body(desk.camera, version=1, **span)
    assert (await desk.one.put(f"/requisitions/{made['id']}", json=body)).status_code == 200
    assert (await desk.act(desk.other, made, "approve", 2)).status_code == 200
    assert await desk.holds() == [("requisition", "placed"), ("requisition", "released")]


async def test_a_failed_export_says_why_and_is_ordered_again_on_demand(desk: Desk) -> None:
    found = await desk.approved(ExportStatus.FAILED)
    desk.room.storage.status = ExportStatus.RUNNING
    answer = await desk.one.post(f"/requisitions/{found['id']}/retry", json={"motive": "disk was full"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["export"] != found["export"]
    again = await desk.one.post(f"/requisitions/{found['id']}/retry", json={"motive": "in haste"})
    assert (again.status_code, again.json()["why"]["code"]) == (409, "export-stands")


async def test_an_export_under_way_is_cancelled_for_good_and_its_requisition_can_be_withdrawn(
    desk: Desk,
) -> None:
    found = await desk.approved(ExportStatus.RUNNING)
    ended = await desk.one.post(f"/exports/{found['export']}/cancel", json={"motive": "wrong camera"})
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert (await desk.told())[0] == ("cancel-export", "granted")
    twice = await desk.one.post(f"/exports/{found['export']}/cancel", json={"motive": "wrong camera"})
    assert twice.status_code == 409
    assert (await desk.act(desk.one, found, "withdraw")).json()["status"] == "withdrawn"
    assert await desk.holds() == [("requisition", "released")]


async def test_a_cancel_that_storage_did_not_hear_is_told_it_again_and_orders_nothing(desk: Desk) -> None:
    found = await desk.approved(ExportStatus.RUNNING)
    desk.room.storage.away = True
    ended = await desk.one.post(f"/exports/{found['export']}/cancel", json={"motive": "wrong camera"})
    assert (ended.status_code, ended.json()["ending"]) == (200, "cancelled")
    desk.room.storage.away = False
    await desk.rounds()
    assert desk.room.storage.ended == {found["export"]: ExportStatus.CANCELLED}
    assert (await desk.one.get(f"/exports/{found['export']}")).json()["status"] == "cancelled"
