"""Sessions and the slowing of guesses, over a memory bus and a clock that is told."""

import json

import pytest

from control_room.model import Kind, Person
from control_room.names import Names
from control_room.sessions import Sessions
from control_room.throttle import Throttle
from shared.bus import REVOKED, MemoryBus
from shared.clock import SimulatedClock
from shared.errors import TooManyRequests

PERSON = Person("p-1", "somebody", "Somebody", Kind.OPERATOR, frozenset())


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def bus(clock: SimulatedClock) -> MemoryBus:
    return MemoryBus(clock)


@pytest.fixture
def sessions(bus: MemoryBus, clock: SimulatedClock) -> Sessions:
    return Sessions(bus, clock, Names(), idle_s=600, absolute_s=3600)


async def test_the_token_is_nowhere_in_the_bus() -> None:
    kept: dict[str, bytes] = {}

    class Spy(MemoryBus):
        async def put(self, key: str, value: bytes, ttl_s: float) -> None:
            kept[key] = value

    token, _ = await Sessions(
        Spy(SimulatedClock()), SimulatedClock(), Names(), idle_s=60, absolute_s=60
    ).open(PERSON)
    assert kept
    assert not any(token in key or token.encode() in value for key, value in kept.items())


async def test_two_sessions_never_share_a_token(sessions: Sessions) -> None:
    first, second = await sessions.open(PERSON), await sessions.open(PERSON)
    assert first[0] != second[0]
    assert first[1].id != second[1].id


async def test_an_idle_session_ends(sessions: Sessions, clock: SimulatedClock) -> None:
    token, _ = await sessions.open(PERSON)
    await clock.advance(601)
    assert await sessions.find(token) is None


async def test_a_session_in_use_outlives_its_idle_time(sessions: Sessions, clock: SimulatedClock) -> None:
    token, _ = await sessions.open(PERSON)
    for _ in range(5):
        await clock.advance(500)
        assert await sessions.find(token) is not None


async def test_a_session_in_use_ends_at_its_absolute_end(sessions: Sessions, clock: SimulatedClock) -> None:
    token, _ = await sessions.open(PERSON)
    for _ in range(7):
        await clock.advance(500)
        await sessions.find(token)
    await clock.advance(101)
    assert await sessions.find(token) is None


async def test_a_forged_token_finds_nothing(sessions: Sessions) -> None:
    await sessions.open(PERSON)
    assert await sessions.find("0" * 64) is None


async def test_a_closed_session_is_told_on_the_bus(bus: MemoryBus, sessions: Sessions) -> None:
    token, session = await sessions.open(PERSON)
    async with bus.listen(REVOKED) as told:
        await sessions.close(token, session.id)
        assert json.loads(await anext(told)) == {"session": session.id}
    assert await sessions.find(token) is None


async def tries(throttle: Throttle, count: int, login: str = "somebody", client: str = "10.0.0.1") -> int:
    """How many of `count` tries at once pass."""
    passed = 0
    for _ in range(count):
        try:
            await throttle.admit(login, client)
        except TooManyRequests:
            continue
        passed += 1
    return passed


async def test_a_few_wrong_passwords_cost_nothing_and_then_it_waits(
    bus: MemoryBus, clock: SimulatedClock
) -> None:
    assert await tries(Throttle(bus, clock), 50) == 5


async def test_each_further_try_waits_longer(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    await tries(throttle, 5)
    waits: list[int] = []
    for _ in range(6):
        with pytest.raises(TooManyRequests) as caught:
            await throttle.admit("somebody", "10.0.0.1")
        waits.append(caught.value.retry_after_s)
        await clock.advance(caught.value.retry_after_s)
        await throttle.admit("somebody", "10.0.0.1")
    assert waits == sorted(set(waits))


async def test_one_address_cannot_try_many_logins(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    passed = [await tries(throttle, 1, login=f"login{number}") for number in range(100)]
    assert sum(passed) == 30


async def test_many_addresses_cannot_try_one_login(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    passed = [await tries(throttle, 1, client=f"10.0.0.{number}") for number in range(100)]
    assert sum(passed) == 5


async def test_getting_in_forgets_the_wrong_tries_of_the_login(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    await tries(throttle, 4)
    await throttle.succeeded("somebody", "10.0.0.1")
    assert await tries(throttle, 50) == 5


async def test_a_whole_shift_gets_in_from_one_address(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    for number in range(100):
        assert await tries(throttle, 1, login=f"login{number}") == 1
        await throttle.succeeded(f"login{number}", "10.0.0.1")


async def test_an_account_of_ones_own_gives_no_more_guesses(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    passed = 0
    for number in range(100):
        passed += await tries(throttle, 1, login=f"login{number}")
        if await tries(throttle, 1, login="mine"):
            await throttle.succeeded("mine", "10.0.0.1")
    assert passed <= 30
