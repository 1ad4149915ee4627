"""Playing a range of recordings."""

from datetime import UTC, datetime

import httpx
import pytest

from control_room.model.people import Role
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, RANGE, Room


async def test_a_playback_ticket_is_bound_to_its_range(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = (await legal.post(f"/cameras/{camera}/playback", json={"motive": "theft", **RANGE})).json()
    stream = f"{LILLE}/{camera}/main"
    ticket = room.verifier.verify(answer["ticket"], Action.PLAYBACK, stream)
    start_s = int(datetime(2026, 11, 20, 21, tzinfo=UTC).timestamp())
    assert (ticket.start_s, ticket.end_s) == (start_s, start_s + 901)
    assert answer["url"] == f"https://storage.test/recordings/{stream}"
    assert (answer["from"], answer["to"]) == ("2026-11-20T21:00:00.000Z", "2026-11-20T21:15:00.500Z")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "2026-11-20T20:00:00Z"}, "to"),
        ({"to": "2026-11-20T21:00:00Z"}, "to"),
        ({"from": "2026-11-20T21:00:00"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2020-11-20T21:00:00Z"}, "to"),
    ],
)
async def test_a_range_that_makes_no_sense_is_refused(
    room: Room, admin: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/playback", json={"motive": "x", **RANGE} | wrong)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
