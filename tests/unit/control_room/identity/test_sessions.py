"""Sessions in a database, with a clock that is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from control_room.db.engine import Database
from control_room.identity.sessions import Sessions
from control_room.model.names import Names, token_hash
from control_room.model.people import Person, Role
from shared.clock import SimulatedClock

PERSON = Person("p-1", "somebody", "Somebody", Role.OPERATOR, frozenset())


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


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
