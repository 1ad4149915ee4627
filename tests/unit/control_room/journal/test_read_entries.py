"""Reading the journal, and checking it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from control_room.db.engine import Database
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from tests.unit.control_room.room import Room

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "journal.db"
    path.write_bytes(template.read_bytes())
    made = Database(f"sqlite+aiosqlite:///{path}")
    yield made
    await made.close()


async def alter(db: Database, statement: str) -> None:
    async with db._writing.begin() as connection:
        await connection.execute(text(statement))


async def test_a_tampered_journal_is_told_to_the_administrator(room: Room, admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/journal/verification")).json()["intact"]
    await alter(room.db, "UPDATE journal SET login = 'somebody else' WHERE seq = 1")
    found = (await admin.get("/journal/verification")).json()
    assert (found["intact"], found["broken_at"]) == (False, 1)


async def test_the_journal_is_filtered_and_paged(room: Room, admin: httpx.AsyncClient) -> None:
    for number in range(5):
        async with room.db.write() as tx:
            event = AuditEvent(
                AuditAction.LIVE,
                Outcome.GRANTED,
                who=f"p-{number % 2}",
                commune="59350",
                camera=f"cam-{number}",
            )
            await tx.journal.write(AT - timedelta(hours=number), event)

    async def seen(**query: str) -> list[str]:
        return [entry["camera"] for entry in await room.journal(admin, **query)]

    assert await seen(camera="cam-3") == ["cam-3"]
    assert await seen(person="p-1") == ["cam-3", "cam-1"]
    early = (AT - timedelta(hours=3)).astimezone(timezone(timedelta(hours=2))).isoformat()
    assert await seen(person="p-1", **{"from": early}) == ["cam-3", "cam-1"]
    assert await seen(commune="59512") == []
    first = (await admin.get("/journal", params={"commune": "59350", "limit": 3})).json()
    rest = (await admin.get("/journal", params={"commune": "59350", "cursor": first["next"]})).json()
    assert [one["camera"] for one in first["items"] + rest["items"]] == [f"cam-{n}" for n in (4, 3, 2, 1, 0)]
    assert rest["next"] is None
