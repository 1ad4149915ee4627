"""Reviews of holds: a date each, told when it is over."""

import httpx
import pytest

from control_room.model.people import Role
from shared.messages.storage import HeldReport, HeldShare
from shared.reasons import Reason
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import LILLE, RANGE, Room

HOLD = {"reference": "PV 118-3", "basis": "flagrant", "motive": "inquiry", **RANGE}
FULL = Reason("disk-held", "holds keep 93 %", (("percent", 93),))


async def test_a_hold_is_reviewed_after_thirty_days_unless_its_placing_says(desk: Desk) -> None:
    usual = (await desk.one.post("/holds", json=HOLD | {"camera": desk.camera})).json()
    chosen = HOLD | {"camera": desk.camera, "review_at": "2026-11-25T09:00:00Z"}
    other = (await desk.one.post("/holds", json=chosen)).json()
    assert (usual["review_at"], other["review_at"]) == (
        "2026-12-21T12:00:00.000Z",
        "2026-11-25T09:00:00.000Z",
    )


async def test_an_overdue_review_is_counted_until_somebody_looks(desk: Desk) -> None:
    body = HOLD | {"camera": desk.camera, "review_at": "2026-11-21T12:20:00Z"}
    hold = (await desk.one.post("/holds", json=body)).json()

    async def overdue() -> int:
        return (await desk.one.get("/holds/standing")).json()["overdue"]  # type: ignore[no-any-return]

    assert await overdue() == 0
    await desk.room.clock.advance(20 * 60)
    assert await overdue() == 1
    review = {"review_at": "2026-12-20T09:00:00Z", "motive": "inquiry goes on"}
    assert (await desk.other.post(f"/holds/{hold['id']}/review", json=review)).status_code == 200
    assert (await overdue(), (await desk.told())[0]) == (0, ("review-hold", "granted"))


@pytest.mark.parametrize("when", ["2026-11-21T12:00:00Z", "2028-01-01T00:00:00Z"])
async def test_a_review_lies_within_a_year(desk: Desk, when: str) -> None:
    answer = await desk.one.post("/holds", json=HOLD | {"camera": desk.camera, "review_at": when})
    assert (answer.status_code, answer.json()["field"]) == (400, "review_at")


async def test_a_disk_full_of_held_footage_is_told_to_who_holds_it_and_to_who_runs_it(
    room: Room, admin: httpx.AsyncClient
) -> None:
    legal = await room.signed_in(Role.LEGAL, LILLE)
    assert (await legal.get("/holds/standing")).json()["usable_bytes"] is None
    room.rooms.evidence.refusals.hear(HeldReport((), share=HeldShare(93, 100, FULL)))
    standing = (await legal.get("/holds/standing")).json()
    assert (standing["held_bytes"], standing["usable_bytes"]) == (93, 100)
    assert standing["alarm_why"] == {"code": "disk-held", "params": {"percent": 93}}
    seen = (await admin.get("/storage")).json()
    assert (seen["held_bytes"], seen["held_alarm_why"]["code"]) == (93, "disk-held")
