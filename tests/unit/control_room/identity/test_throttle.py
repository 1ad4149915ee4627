"""The slowing of guesses, over a memory bus and a clock that is told."""

import pytest

from control_room.identity.devices import Device
from control_room.identity.throttle import Throttle
from control_room.model.people import Role
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import TooManyRequests
from tests.unit.control_room.room import LILLE, PASSWORD, Room


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def bus(clock: SimulatedClock) -> MemoryBus:
    return MemoryBus(clock)


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


async def test_one_address_cannot_try_many_logins(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    passed = [await tries(throttle, 1, login=f"login{number}") for number in range(100)]
    assert sum(passed) == 80


async def test_many_addresses_cannot_try_one_login(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    passed = [await tries(throttle, 1, client=f"10.0.0.{number}") for number in range(100)]
    assert sum(passed) == 5


async def test_getting_in_forgets_the_wrong_tries_of_the_login(bus: MemoryBus, clock: SimulatedClock) -> None:
    throttle = Throttle(bus, clock)
    await tries(throttle, 4)
    await throttle.succeeded("somebody", "10.0.0.1")
    assert await tries(throttle, 50) == 5


async def test_a_shift_of_sixty_is_let_in_at_once_from_one_address(
    bus: MemoryBus, clock: SimulatedClock
) -> None:
    throttle = Throttle(bus, clock)
    assert [await tries(throttle, 1, login=f"login{number}") for number in range(60)] == [1] * 60


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
    assert passed <= 80


async def test_guessing_at_a_login_does_not_keep_its_person_from_their_usual_browser(room: Room) -> None:
    person = await room.person(Role.OPERATOR, [LILLE])
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
