"""Preservations before a requisition: at once, briefly, and not for ever again."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import LILLE, RANGE

HOUR_S = 3600


async def preserved(desk: Desk, who: httpx.AsyncClient | None = None) -> dict[str, object]:
    body = {"camera": desk.camera, "motive": "assault seen", **RANGE}
    answer = await (who or desk.one).post("/holds/preservations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def still_held(desk: Desk) -> bool:
    await desk.rounds()
    async with desk.room.db.read() as tx:
        return bool(await tx.holds.active())


async def test_one_person_alone_holds_for_a_day_at_once(desk: Desk) -> None:
    hold = await preserved(desk)
    assert (hold["status"], hold["ends_at"]) == ("placed", "2026-11-22T12:00:00.000Z")
    await desk.room.clock.advance(24 * HOUR_S - 1)
    assert await still_held(desk)
    await desk.room.clock.advance(1)
    assert not await still_held(desk)


async def test_a_second_person_makes_it_last_three_days_from_its_beginning_and_no_longer(desk: Desk) -> None:
    hold = await preserved(desk)
    await desk.room.clock.advance(20 * 60)
    answer = await desk.other.post(f"/holds/{hold['id']}/confirm", json={"motive": "seen too"})
    assert (answer.status_code, answer.json()["ends_at"]) == (200, "2026-11-24T12:00:00.000Z")
    await desk.room.clock.advance(72 * HOUR_S - 20 * 60 - 1)
    assert await still_held(desk)
    await desk.room.clock.advance(1)
    assert not await still_held(desk)
    admin = await desk.room.signed_in(Role.ADMIN)
    told = [one for one in await desk.room.journal(admin) if one["action"] == "release-hold"]
    assert [(one["login"], one["why"]["code"]) for one in told] == [("", "hold-ran-out")]  # type: ignore[index]


async def test_nobody_confirms_their_own(desk: Desk) -> None:
    hold = await preserved(desk)
    answer = await desk.one.post(f"/holds/{hold['id']}/confirm", json={"motive": "surely"})
    assert (answer.status_code, answer.json()["why"]["code"]) == (403, "second-person")


async def test_an_operator_preserves_what_they_saw_and_confirms_nothing(desk: Desk) -> None:
    operator = await desk.room.signed_in(Role.OPERATOR, LILLE)
    hold = await preserved(desk, operator)
    assert (await desk.one.post(f"/holds/{hold['id']}/confirm", json={"motive": "yes"})).status_code == 200
    other = await desk.room.signed_in(Role.OPERATOR, LILLE)
    assert (await other.post(f"/holds/{hold['id']}/confirm", json={"motive": "yes"})).status_code == 403


@pytest.mark.parametrize("ended", [False, True])
async def test_what_was_preserved_once_takes_a_requisition_then(desk: Desk, ended: bool) -> None:
    """Else one person alone would hold it for ever, a day at a time."""
    await preserved(desk)
    if ended:
        await desk.room.clock.advance(25 * 60)
        hold = (await desk.one.get("/holds")).json()["items"][0]
        assert (await desk.one.delete(f"/holds/{hold['id']}")).status_code == 204
    body = {"camera": desk.camera, "motive": "again", "from": RANGE["from"], "to": "2026-11-20T23:00:00Z"}
    answer = await desk.one.post("/holds/preservations", json=body)
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "preserved-before")
    assert (await desk.told())[0] == ("preserve", "refused")
    later = body | {"from": "2026-11-20T22:00:00Z"}
    assert (await desk.one.post("/holds/preservations", json=later)).status_code == 201


async def test_a_preservation_needs_a_motive(desk: Desk) -> None:
    body = {"camera": desk.camera, "motive": " ", **RANGE}
    answer = await desk.one.post("/holds/preservations", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, "motive")


async def test_one_that_is_over_or_confirmed_is_confirmed_no_more(desk: Desk) -> None:
    hold = await preserved(desk)
    path = f"/holds/{hold['id']}/confirm"
    assert [(await desk.other.post(path, json={"motive": "yes"})).status_code for _ in range(2)] == [200, 409]
