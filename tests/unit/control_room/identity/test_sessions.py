"""Sessions and the slowing of guesses, over a memory bus and a clock that is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.db.engine import Database
from control_room.identity.devices import LIFE_S, Device, Devices
from control_room.identity.sessions import Sessions
from control_room.identity.throttle import Throttle
from control_room.model.names import Names, token_hash
from control_room.model.people import Person, Role
from shared.bus import MemoryBus
from shared.clock import SimulatedClock
from shared.errors import TooManyRequests
from tests.unit.control_room.room import LILLE, PASSWORD, Room

PERSON = Person("p-1", "somebody", "Somebody", Role.OPERATOR, frozenset())


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def bus(clock: SimulatedClock) -> MemoryBus:
    return MemoryBus(clock)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path}/control_room.db")
    await made.prepare()
    async with made.write() as tx:
        await tx.people.add(PERSON, "")
    yield made
    await made.close()


@pytest.fixture
def sessions(db: Database, clock: SimulatedClock) -> Sessions:
    return Sessions(db, clock, Names(), idle_s=600, absolute_s=3600)


async def test_the_token_is_nowhere_in_the_database(sessions: Sessions, db: Database, tmp_path: Path) -> None:
    token, _ = await sessions.open(PERSON)
    await db.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert token_hash(token).encode() in kept
    assert token.encode() not in kept


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


async def test_a_session_that_was_forgotten_is_found_no_more(sessions: Sessions) -> None:
    token, session = await sessions.open(PERSON)
    assert session.id in await sessions.living()
    await sessions.forget(token)
    assert await sessions.find(token) is None
    assert await sessions.living() == {}


async def test_what_is_told_of_a_session_is_its_idle_end_and_never_more_than_its_absolute_one(
    sessions: Sessions, clock: SimulatedClock
) -> None:
    token, session = await sessions.open(PERSON)
    now_s = clock.utc_ns() // 10**9
    assert await sessions.living() == {session.id: now_s + 600}
    for _ in range(6):
        await clock.advance(590)
        await sessions.find(token)
    assert await sessions.living() == {session.id: session.until_s}
    await clock.advance(60)
    assert await sessions.living() == {}


async def test_opening_a_session_forgets_those_that_are_over(
    sessions: Sessions, db: Database, clock: SimulatedClock
) -> None:
    token, _ = await sessions.open(PERSON)
    await clock.advance(601)
    await sessions.open(PERSON)
    async with db.read() as tx:
        assert await tx.sessions.by_token(token_hash(token)) is None


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
