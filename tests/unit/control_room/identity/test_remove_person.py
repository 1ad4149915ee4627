"""Removing a person ends their sessions."""

import httpx

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, Room


async def test_a_removed_persons_session_is_worth_nothing(room: Room, admin: httpx.AsyncClient) -> None:
    person = await room.person(Role.OPERATOR, [LILLE])
    browser = await room.sign_in(person.login)
    session = (await browser.get("/session")).json()["session"]
    assert (await admin.delete(f"/people/{person.id}")).status_code == 204
    assert (await browser.get("/cameras")).status_code == 401
    assert session not in (await room.rooms.access.lessor.lease()).sessions
