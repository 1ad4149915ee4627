"""Changing a commune."""

import httpx

from tests.unit.control_room.room import LILLE, Room


async def test_only_what_is_named_changes_and_the_journal_names_it(
    room: Room, admin: httpx.AsyncClient
) -> None:
    changed = (await admin.patch(f"/communes/{LILLE}", json={"population": 1})).json()
    assert (changed["name"], changed["population"]) == ("Lille", 1)
    entry = (await room.journal(admin))[0]
    assert (entry["action"], entry["commune"], entry["detail"]) == ("change-commune", LILLE, "population")


async def test_a_commune_keeps_a_name(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch(f"/communes/{LILLE}", json={"name": None})
    assert (answer.status_code, answer.json()["field"]) == (400, "name")
