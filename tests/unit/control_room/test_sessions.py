"""Sessions and the slowing of guesses, over a memory bus and a clock that is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from control_room.db.engine import Database
from control_room.model import Kind, Person
from control_room.names import Names, token_hash
from control_room.sessions import Sessions
from control_room.throttle import Throttle
from shared.bus import MemoryBus
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
