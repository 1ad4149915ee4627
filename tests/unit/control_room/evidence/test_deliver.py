"""Handing over: a signed receipt, a line in the register, an end of what was held for it."""

import pytest

from control_room.model.people import Role
from shared.evidence.receipt import read_receipt
from shared.messages.storage import ExportStatus
from tests.unit.control_room.evidence.desk import DAY_NS, RECIPIENT, Desk
from tests.unit.control_room.room import LILLE


async def test_a_package_is_handed_over_against_a_receipt_that_verifies(desk: Desk) -> None:
    found = await desk.approved()
    answer = await desk.one.post(f"/requisitions/{found['id']}/deliver", json=RECIPIENT)
    assert answer.status_code == 201, answer.text
    receipt = (await desk.other.get(f"/requisitions/{found['id']}/receipt")).json()["receipt"]
    told = read_receipt(receipt.encode(), desk.room.storage.evidence.public)
    assert told["recipient"] == "A. Martin"
    assert (await desk.now(found))["status"] == "delivered"
    assert await desk.holds() == [("requisition", "released")]
    assert (await desk.told())[0] == ("deliver", "granted")


async def test_the_register_of_transmissions_has_its_line_for_the_commune_too(desk: Desk) -> None:
    found = await desk.approved()
    await desk.one.post(f"/requisitions/{found['id']}/deliver", json=RECIPIENT)
    commune = await desk.room.signed_in(Role.COMMUNE, LILLE)
    (line,) = (await commune.get("/register/transmissions")).json()["items"]
    assert (line["file"], line["name"], line["capacity"], line["medium"]) == (
        "PV 2026/118-3",
        "A. Martin",
        "opj",
        "disc 12",
    )


@pytest.mark.parametrize("status", [ExportStatus.RUNNING, ExportStatus.FAILED, ExportStatus.DESTROYED])
async def test_nothing_is_handed_over_that_is_not_there(desk: Desk, status: ExportStatus) -> None:
    found = await desk.approved(status)
    answer = await desk.one.post(f"/requisitions/{found['id']}/deliver", json=RECIPIENT)
    assert answer.status_code == 409
    assert (await desk.told())[:2] == [("deliver", "refused"), ("deliver", "granted")]
    assert (await desk.one.get("/register/transmissions")).json()["items"] == []


async def test_where_nobody_signs_nothing_is_handed_over(desk: Desk) -> None:
    found = await desk.approved()
    desk.room.storage.broken = "receipt"
    answer = await desk.one.post(f"/requisitions/{found['id']}/deliver", json=RECIPIENT)
    assert answer.status_code == 503
    assert (await desk.now(found))["status"] == "approved"


async def test_it_is_handed_over_once(desk: Desk) -> None:
    found = await desk.approved()
    for status in (201, 409):
        answer = await desk.one.post(f"/requisitions/{found['id']}/deliver", json=RECIPIENT)
        assert answer.status_code == status


async def test_an_export_nobody_came_for_expires_and_says_so(desk: Desk) -> None:
    found = await desk.approved()
    await desk.rounds()
    await desk.room.clock.advance(7 * DAY_NS / 1e9 - 60)
    await desk.rounds()
    async with desk.room.db.read() as tx:
        assert (await tx.requisitions.get(str(found["id"]))).status == "approved"
    await desk.room.clock.advance(61)
    await desk.rounds()
    async with desk.room.db.read() as tx:
        requisition = await tx.requisitions.get(str(found["id"]))
        export = await tx.exports.get(str(found["export"]))
        entries = [(hold.kind.value, hold.status.value) for hold in await tx.holds.active()]
    assert (requisition.status, export.progress.status, entries) == ("expired", ExportStatus.DESTROYED, [])
    assert desk.room.storage.ended == {found["export"]: ExportStatus.DESTROYED}
    admin = await desk.room.signed_in(Role.ADMIN)
    newest = (await desk.room.journal(admin))[1]
    assert (newest["action"], newest["login"]) == ("expire-requisition", "")
    assert newest["why"]["code"] == "export-uncollected"  # type: ignore[index]  # an object
