"""Passwords outside the demo."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from control_room.identity.passwords import Passwords
from shared.errors import BadInput, Unavailable
from tests.unit.control_room.room import Room


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords()
    yield made
    await made.close()


@pytest.mark.parametrize("weak", ["", "short", "eleven char"])
async def test_a_short_password_is_refused(passwords: Passwords, weak: str) -> None:
    with pytest.raises(BadInput) as caught:
        await passwords.hash(weak)
    assert caught.value.field == "password"


async def test_the_login_is_no_password(passwords: Passwords) -> None:
    with pytest.raises(BadInput):
        await passwords.hash("camille.dubois", "camille.dubois")


async def test_a_hash_is_argon2id_and_matches_its_password_only(passwords: Passwords) -> None:
    kept = await passwords.hash("a long phrase of words")
    assert kept.startswith("$argon2id$")
    assert await passwords.matches(kept, "a long phrase of words")
    assert not await passwords.matches(kept, "a long phrase of word")


async def test_nobody_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.matches(None, "nobody has this password")


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(passwords: Passwords) -> None:
    kept = await passwords.hash("a long phrase of words")

    async def fastest_ns(against: str | None) -> int:
        times: list[int] = []
        for _ in range(3):
            start_ns = time.perf_counter_ns()
            await passwords.matches(against, "wrong")
            times.append(time.perf_counter_ns() - start_ns)
        return min(times)

    # Without its own hash to check it would be a thousand times faster; a busy machine is not.
    assert await fastest_ns(None) > await fastest_ns(kept) / 5


async def test_a_damaged_hash_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.matches("$argon2id$damaged", "x")


async def test_strangers_in_line_keep_nobody_waiting_whose_browser_is_known() -> None:
    passwords = Passwords(demo=True)
    kept = await passwords.hash("a long phrase of words")
    strangers = [asyncio.ensure_future(passwords.matches(None, "a guess")) for _ in range(200)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await passwords.matches(kept, "a long phrase of words")
    assert await passwords.matches(kept, "a long phrase of words", known=True)
    await asyncio.gather(*strangers, return_exceptions=True)
    await passwords.close()


async def test_at_most_a_few_passwords_are_hashed_at_once(room: Room) -> None:
    found = await asyncio.gather(
        *(room.rooms.identity.passwords.matches(None, "x") for _ in range(200)), return_exceptions=True
    )
    assert sum(isinstance(result, Exception) for result in found) > 0
    assert not any(result is True for result in found)
