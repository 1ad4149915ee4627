"""Signing in: one answer for all that is wrong, slowed where it is guessed, with Redis and without."""

import asyncio
from pathlib import Path

import httpx

from control_room.model.people import Role
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BusUnavailable
from tests.unit.control_room.room import LILLE, PASSWORD, Room, open_room


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


async def attempt(room: Room, login: str, password: str) -> httpx.Response:
    async with room.anonymous() as browser:
        return await browser.post("/api/v1/session", json={"login": login, "password": password})


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(room: Room) -> None:
    await room.person(Role.OPERATOR, login="c.dubois")
    answer = await attempt(room, "C.Dubois ", PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_shift_of_sixty_signs_in_at_once(room: Room) -> None:
    logins = [f"agent{number}" for number in range(60)]
    for login in logins:
        await room.person(Role.OPERATOR, login=login)
    answers = await asyncio.gather(*(attempt(room, login, PASSWORD) for login in logins))
    assert {answer.status_code for answer in answers} == {200}


async def test_unknown_login_wrong_password_and_switched_off_account_get_one_answer(
    room: Room, admin: httpx.AsyncClient
) -> None:
    await room.person(Role.OPERATOR, login="known")
    off = await room.person(Role.OPERATOR, login="off")
    await admin.patch(f"/people/{off.id}", json={"enabled": False})
    answers = [
        await attempt(room, "unknown", "x"),
        await attempt(room, "known", "x"),
        await attempt(room, "off", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_guessing_is_slowed_with_the_seconds_to_wait(room: Room) -> None:
    await room.person(Role.OPERATOR, login="victim")
    answers = [await attempt(room, "victim", "x") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_the_right_password_waits_too_once_guessing_is_slowed(room: Room) -> None:
    await room.person(Role.OPERATOR, login="victim")
    for _ in range(5):
        await attempt(room, "victim", "x")
    assert (await attempt(room, "victim", PASSWORD)).status_code == 429
    await room.clock.advance(2)
    assert (await attempt(room, "victim", PASSWORD)).status_code == 200


async def test_signing_in_anew_ends_the_session_before(room: Room) -> None:
    person = await room.person(Role.OPERATOR)
    browser = await room.sign_in(person.login)
    old = dict(browser.cookies)
    await browser.post("/session", json={"login": person.login, "password": PASSWORD})
    assert dict(browser.cookies) != old
    async with room.anonymous() as thief:
        thief.cookies.update(old)
        assert (await thief.get("/api/v1/session")).status_code == 401


async def test_without_redis_people_sign_in_and_who_is_signed_in_goes_on(tmp_path: Path) -> None:
    bus = DeadBus(SimulatedClock())
    async with open_room(tmp_path, bus) as room:
        person = await room.person(Role.OPERATOR, [LILLE])
        browser = await room.sign_in(person.login)
        bus.dead = True
        assert (await attempt(room, person.login, PASSWORD)).status_code == 200
        assert (await browser.get("/cameras")).status_code == 200


async def test_without_redis_guessing_is_slowed_all_the_same(tmp_path: Path) -> None:
    bus = DeadBus(SimulatedClock())
    async with open_room(tmp_path, bus) as room:
        person = await room.person(Role.OPERATOR, [LILLE])
        bus.dead = True
        answers = [await attempt(room, person.login, "wrong") for _ in range(8)]
        assert answers[-1].status_code == 429
