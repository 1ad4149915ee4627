"""Sessions and the slowing of guesses, over a memory bus and a clock that is told."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.devices import LIFE_S, Device, Devices
from control_room.model import Kind, Person
from control_room.names import Names
from control_room.sessions import Sessions
from control_room.throttle import Throttle
from shared.bus import REVOKED, MemoryBus
from shared.clock import SimulatedClock
from shared.errors import TooManyRequests
from tests.unit.control_room.room import LILLE, PASSWORD, Room

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


async def test_further_tries_wait_longer_and_never_longer_than_eight_seconds(
    bus: MemoryBus, clock: SimulatedClock
) -> None:
    throttle = Throttle(bus, clock)
    await tries(throttle, 5)
    waits: list[int] = []
    for _ in range(6):
        with pytest.raises(TooManyRequests) as caught:
            await throttle.admit("somebody", "10.0.0.1")
        waits.append(caught.value.retry_after_s)
        await clock.advance(caught.value.retry_after_s)
        await throttle.admit("somebody", "10.0.0.1")
    assert waits == [2, 4, 8, 8, 8, 8]


async def test_a_stream_of_guesses_from_elsewhere_takes_nobodys_turn(
    bus: MemoryBus, clock: SimulatedClock
) -> None:
    throttle = Throttle(bus, clock)
    await tries(throttle, 50, client="203.0.113.1")
    with pytest.raises(TooManyRequests) as caught:
        await throttle.admit("somebody", "10.0.0.1")
    for _ in range(caught.value.retry_after_s):
        await clock.advance(1)
        await tries(throttle, 50, client="203.0.113.1")
    await throttle.admit("somebody", "10.0.0.1")


async def test_a_known_browser_is_not_slowed_by_guesses_from_its_own_address_or_others(
    bus: MemoryBus, clock: SimulatedClock
) -> None:
    throttle = Throttle(bus, clock)
    for number in range(100):
        await tries(throttle, 10, client=f"10.0.0.{number}")
        await tries(throttle, 1, login=f"login{number}")
    await throttle.admit("somebody", "10.0.0.1", Device("known"))


async def test_tries_of_a_known_browser_are_slowed_too(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    for _ in range(10):
        await throttle.admit("somebody", "10.0.0.1", Device("known"))
    with pytest.raises(TooManyRequests):
        await throttle.admit("somebody", "10.0.0.1", Device("known"))
    assert await tries(throttle, 1) == 1


async def test_a_cookie_names_its_browser_for_its_login_alone_and_not_for_ever(clock: SimulatedClock) -> None:
    devices = Devices("secret", clock, Names(Random(1)))
    value = devices.new("somebody", None)
    known = devices.read("somebody", value)
    assert known is not None
    assert devices.read("somebody", devices.new("somebody", known)) == known
    assert devices.read("other", value) is None
    assert Devices("other secret", clock, Names(Random(1))).read("somebody", value) is None
    await clock.advance(LIFE_S)
    assert devices.read("somebody", value) is None


@given(st.text(max_size=300))
def test_a_forged_cookie_names_no_browser(value: str) -> None:
    devices = Devices("secret", SimulatedClock(1_795_262_400_000_000_000), Names(Random(1)))
    assert devices.read("somebody", value) is None


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


async def test_guessing_at_a_login_does_not_keep_its_person_from_their_usual_browser(room: Room) -> None:
    person = await room.person(Kind.OPERATOR, [LILLE])
    browser = await room.sign_in(person.login)
    guesser = room.anonymous()
    guess = {"login": person.login, "password": "a guess"}
    answers = [(await guesser.post("/api/v1/session", json=guess)).status_code for _ in range(60)]
    assert 429 in answers
    again = await browser.post("/session", json={"login": person.login, "password": PASSWORD})
    assert again.status_code == 200
    device = next(one for one in again.headers.get_list("set-cookie") if one.startswith("beffroi_device_"))
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in device.split(";")}
    assert person.login not in device
