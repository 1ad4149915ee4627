"""The first administrator is made once."""

import pytest
from pydantic import SecretStr

from control_room.identity.administrator import bootstrap
from shared.errors import BadInput
from shared.log import get_logger
from tests.unit.control_room.room import PASSWORD, Room

LOG = get_logger("control_room")


async def test_the_first_administrator_is_made_once(room: Room) -> None:
    await bootstrap(room.rooms.identity, "first", SecretStr(PASSWORD), LOG)
    await bootstrap(room.rooms.identity, "second", SecretStr(PASSWORD), LOG)
    async with room.db.read() as tx:
        assert await tx.people.by_login("second") is None
    assert (await (await room.sign_in("first")).get("/session")).json()["person"]["kind"] == "admin"


async def test_without_a_password_nobody_is_made(room: Room) -> None:
    await bootstrap(room.rooms.identity, "first", None, LOG)
    async with room.db.read() as tx:
        assert await tx.people.count() == 0


@pytest.mark.parametrize("login", ["", "a", "two words", "é", "x" * 65, "a\nb"])
async def test_an_administrator_has_a_plain_login(room: Room, login: str) -> None:
    if login:
        with pytest.raises(BadInput):
            await bootstrap(room.rooms.identity, login, SecretStr(PASSWORD), LOG)
    async with room.db.read() as tx:
        assert await tx.people.count() == 0
