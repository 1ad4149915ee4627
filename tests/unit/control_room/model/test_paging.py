"""Pages by key, and cursors that are none of ours."""

import httpx
import pytest

from tests.unit.control_room.room import LILLE, Room


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwgImIiXQ==", "e30=", "é", "WyJcdWQ4MDAiXQ=="])
async def test_a_foreign_cursor_is_refused(room: Room, admin: httpx.AsyncClient, cursor: str) -> None:
    answer = await admin.get("/cameras", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


async def test_a_page_ends_well_also_behind_the_longest_name(room: Room, admin: httpx.AsyncClient) -> None:
    for _ in range(2):
        await room.camera(admin, LILLE, name="é\U0001f3a5" * 60)
    first = (await admin.get("/cameras", params={"limit": 1})).json()
    second = await admin.get("/cameras", params={"limit": 1, "cursor": first["next"]})
    assert (second.status_code, len(second.json()["items"]), second.json()["next"]) == (200, 1, None)
