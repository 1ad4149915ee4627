"""The journal in the database: what is done to it shows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from control_room.db.engine import Database
from control_room.journal.check import checked
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from shared.evidence.signature import EvidenceKey
from tests.unit.control_room.room import Room

KEY = EvidenceKey(Ed25519PrivateKey.generate())
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "journal.db"
    path.write_bytes(template.read_bytes())
    made = Database(f"sqlite+aiosqlite:///{path}")
    yield made
    await made.close()


async def write(db: Database, count: int) -> None:
    for number in range(count):
        async with db.write() as tx:
            await tx.journal.write(
                AT, AuditEvent(AuditAction.LIVE, Outcome.GRANTED, who="p-1", motive=f"watch {number}")
            )


async def alter(db: Database, statement: str) -> None:
    async with db._writing.begin() as connection:
        await connection.execute(text(statement))


async def test_the_journal_written_is_intact(db: Database) -> None:
    await write(db, 3)
    found = await checked(db, KEY.public)
    assert (found.intact, found.entries) == (True, 3)


async def test_an_empty_journal_is_intact(db: Database) -> None:
    assert (await checked(db, KEY.public)).intact


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE journal SET motive = 'nothing' WHERE seq = 2", 2),
        ("UPDATE journal SET at = '2026-11-21 13:00:00.000000' WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq = 4", 4),
        ("DELETE FROM journal", 1),
        ("DELETE FROM journal_head", 1),
        ("UPDATE journal SET hash = 'x' WHERE seq = 3", 3),
    ],
)
async def test_whatever_is_done_to_the_journal_shows(db: Database, statement: str, broken_at: int) -> None:
    await write(db, 4)
    await alter(db, statement)
    found = await checked(db, KEY.public)
    assert (found.intact, found.broken_at) == (False, broken_at)


async def test_a_journal_cut_with_its_head_seems_intact_and_says_that_it_cannot_know(
    room: Room, admin: httpx.AsyncClient
) -> None:
    await write(room.db, 4)
    before = (await admin.get("/journal/verification")).json()
    await alter(room.db, f"DELETE FROM journal WHERE seq = {before['entries']}")
    await alter(
        room.db,
        f"UPDATE journal_head SET seq = seq - 1, hash = (SELECT hash FROM journal "
        f"WHERE seq = {before['entries'] - 1})",
    )
    after = (await admin.get("/journal/verification")).json()
    assert (after["intact"], after["doubt"], before["doubt"]) == (True, "cut-end", "cut-end")
    assert after["head"] != before["head"]


async def test_many_writers_at_once_make_one_chain(db: Database) -> None:
    await asyncio.gather(*(write(db, 5) for _ in range(6)))
    found = await checked(db, KEY.public)
    assert (found.intact, found.entries) == (True, 30)


async def test_an_event_whose_transaction_fails_is_not_in_the_journal(db: Database) -> None:
    async def failing() -> None:
        async with db.write() as tx:
            await tx.journal.write(AT, AuditEvent(AuditAction.LIVE, Outcome.GRANTED))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    assert (await checked(db, KEY.public)).entries == 0
