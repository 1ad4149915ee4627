"""Requests of people who were filmed: a month to answer, one answer, with what it takes."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from control_room.model.access_requests import due
from control_room.model.people import Role
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX

ASKING = {
    "person": "J. Petit",
    "contact": "12 rue de Gand",
    "identity": "identity card seen",
    "received_at": "2026-11-21T09:00:00Z",
    **RANGE,
}
REFUSAL = {"status": "refused", "ground": "procedures", "motive": "inquiry under way"}


async def entered(desk: Desk) -> dict[str, object]:
    answer = await desk.one.post("/access-requests", json=ASKING | {"cameras": [desk.camera]})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)))
def test_an_answer_is_due_within_the_next_calendar_month(received: datetime) -> None:
    by = due(received)
    assert (by.year * 12 + by.month) - (received.year * 12 + received.month) == 1
    assert by.day <= received.day
    assert (by.hour, by.minute) == (received.hour, received.minute)


async def test_a_request_is_due_in_a_month_and_overdue_after(desk: Desk) -> None:
    made = await entered(desk)
    assert (made["due_at"], made["overdue"], made["status"]) == ("2026-12-21T09:00:00.000Z", False, "open")
    await desk.room.clock.advance(30 * 86_400)
    late = await desk.room.signed_in(Role.LEGAL, LILLE)
    assert [one["overdue"] for one in (await late.get("/access-requests")).json()["items"]] == [True]


async def test_the_journal_never_has_the_name_of_who_was_filmed(desk: Desk) -> None:
    made = await entered(desk)
    await desk.one.post(f"/access-requests/{made['id']}/end", json=REFUSAL)
    assert "Petit" not in str(await desk.room.journal(desk.admin))


async def test_each_commune_answers_for_its_own_cameras(desk: Desk) -> None:
    far = await desk.room.camera(desk.admin, ROUBAIX)
    both = await desk.room.signed_in(Role.LEGAL, LILLE, ROUBAIX)
    answer = await both.post("/access-requests", json=ASKING | {"cameras": [desk.camera, far]})
    assert (answer.status_code, answer.json()["field"]) == (400, "cameras")
