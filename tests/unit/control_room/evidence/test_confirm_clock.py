"""A person's word on the time, and what an administrator is told."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, Room, body_of

WORD = {"utc": "2026-11-21T12:00:00Z", "motive": "power cut of two days"}


async def test_a_confirmed_clock_is_journaled_by_name_and_told_to_storage(
    room: Room, admin: httpx.AsyncClient
) -> None:
    assert (await admin.put("/storage/clock", json=WORD)).status_code == 204
    entry = (await room.journal(admin))[0]
    assert (entry["action"], entry["outcome"], entry["motive"]) == (
        "confirm-clock",
        "granted",
        "power cut of two days",
    )
    asked = room.storage.asked[-1]
    assert (asked.url.path, body_of(asked)["by"]) == ("/clock", entry["login"])


async def test_a_word_that_storage_does_not_take_is_journaled_as_refused(
    room: Room, admin: httpx.AsyncClient
) -> None:
    room.storage.refusal = httpx.Response(409, json={"detail": "storage's clock says another time"})
    answer = await admin.put("/storage/clock", json=WORD)
    outcomes = [entry["outcome"] for entry in await room.journal(admin)][:2]
    assert (answer.status_code, outcomes) == (409, ["refused", "granted"])


@pytest.mark.parametrize("kind", [Role.OPERATOR, Role.LEGAL, Role.COMMUNE])
async def test_only_an_administrator_confirms_the_clock(room: Room, kind: Role) -> None:
    other = await room.signed_in(kind, LILLE)
    assert (await other.put("/storage/clock", json=WORD)).status_code == 403
