"""A change of what a person may do ends what they do."""

from pathlib import Path

import httpx
import pytest

from control_room.model.people import Role
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BusUnavailable
from tests.unit.control_room.room import LILLE, ROUBAIX, Room, open_room


class DeadBus(MemoryBus):
    """A bus that stops answering when told."""

    dead = False

    async def get(self, key: str) -> bytes | None:
        self._answer()
        return await super().get(key)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._answer()
        await super().put(key, value, ttl_s)

    async def increment(self, key: str, ttl_s: float) -> int:
        self._answer()
        return await super().increment(key, ttl_s)

    def _answer(self) -> None:
        if self.dead:
            raise BusUnavailable("Redis does not answer: connection refused")


@pytest.mark.parametrize(
    "change",
    [{"enabled": False}, {"communes": [ROUBAIX]}, {"kind": "commune"}, {"password": "another phrase"}],
)
async def test_a_change_of_rights_ends_the_persons_sessions_and_pictures(
    room: Room, admin: httpx.AsyncClient, change: dict[str, object]
) -> None:
    person = await room.person(Role.OPERATOR, [LILLE])
    browser = await room.sign_in(person.login)
    session = (await browser.get("/session")).json()["session"]
    assert session in (await room.rooms.access.lessor.lease()).sessions
    assert (await admin.patch(f"/people/{person.id}", json=change)).status_code == 200
    assert session not in (await room.rooms.access.lessor.lease()).sessions
    assert (await browser.get("/session")).status_code == 401


async def test_a_new_name_ends_nothing(room: Room, admin: httpx.AsyncClient) -> None:
    person = await room.person(Role.OPERATOR, [LILLE])
    browser = await room.sign_in(person.login)
    await admin.patch(f"/people/{person.id}", json={"name": "Camille"})
    assert (await browser.get("/session")).json()["person"]["name"] == "Camille"


async def test_without_redis_an_administrator_still_ends_what_somebody_sees(tmp_path: Path) -> None:
    bus = DeadBus(SimulatedClock())
    async with open_room(tmp_path, bus) as room:
        admin = await room.signed_in(Role.ADMIN)
        person = await room.person(Role.OPERATOR, [LILLE])
        browser = await room.sign_in(person.login)
        session = (await browser.get("/session")).json()["session"]
        bus.dead = True
        assert session in (await room.rooms.access.lessor.lease()).sessions
        assert (await admin.patch(f"/people/{person.id}", json={"enabled": False})).status_code == 200
        assert session not in (await room.rooms.access.lessor.lease()).sessions
