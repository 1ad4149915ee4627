"""Who is asking, as the request says it."""

import httpx
import pytest

from control_room.http.access import COOKIE
from tests.unit.control_room.room import Room


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000])
async def test_a_cookie_that_is_no_session_is_nobody(room: Room, cookie: str) -> None:
    stranger = room.anonymous()
    stranger.cookies[COOKIE] = cookie
    assert (await stranger.get("/api/v1/session")).status_code == 401


@pytest.mark.parametrize("path", ["/worker/cameras", "/recorder/policies"])
async def test_a_machine_without_its_credential_or_with_another_is_nobody(room: Room, path: str) -> None:
    assert (await room.machine("wrong").get(path)).json()["status"] == 401
    stranger = room.anonymous()
    assert (await stranger.get(f"/api/v1{path}")).status_code == 401


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_page_has_at_least_one_item_and_at_most_200(admin: httpx.AsyncClient, limit: str) -> None:
    answer = await admin.get("/cameras", params={"limit": limit})
    assert (answer.status_code, answer.json()["field"]) == (400, "limit")
