"""Signing out ends the session and what it watches."""

from control_room.model.people import Role
from tests.unit.control_room.room import Room


async def test_signing_out_ends_the_session_and_its_pictures(room: Room) -> None:
    browser = await room.signed_in(Role.OPERATOR)
    session = (await browser.get("/session")).json()["session"]
    cookies = dict(browser.cookies)
    assert session in (await room.rooms.access.lessor.lease()).sessions
    assert (await browser.delete("/session")).status_code == 204
    assert session not in (await room.rooms.access.lessor.lease()).sessions
    browser.cookies.update(cookies)
    assert (await browser.get("/session")).status_code == 401
