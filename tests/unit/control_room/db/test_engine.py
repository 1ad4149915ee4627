"""The schema and the rules only the database can break."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, create_engine, inspect, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from control_room.db.engine import Database
from control_room.db.migrate import check, downgrade, upgrade
from control_room.db.tables import Base, UtcDateTime
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from shared.errors import BadInput, Unavailable
from tests.unit.control_room.room import Room

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "journal.db"
    path.write_bytes(template.read_bytes())
    made = Database(f"sqlite+aiosqlite:///{path}")
    yield made
    await made.close()


def test_the_newest_schema_is_the_tables_in_code(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection)
        check(connection)
    engine.dispose()


def test_the_schema_goes_down_to_nothing_and_up_again(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        upgrade(connection)
        downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        upgrade(connection)
        assert set(Base.metadata.tables) < set(inspect(connection).get_table_names())
    engine.dispose()


def test_every_table_can_be_made_on_postgresql() -> None:
    dialect: Dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in Base.metadata.sorted_tables:
        assert "TIMESTAMP WITHOUT" not in str(CreateTable(table).compile(dialect=dialect))


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_kept_in_utc_whatever_its_zone(moment: datetime) -> None:
    kind, dialect = UtcDateTime(), sqlite.dialect()
    try:
        kept = kind.process_bind_param(moment, dialect)
    except OverflowError:
        return
    assert kept is not None
    # Compared in UTC: Python holds times in a zone's fold or gap equal to nothing of another zone.
    assert kind.process_result_value(kept.replace(tzinfo=None), dialect) == moment.astimezone(UTC)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())


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
    async with db.read() as tx:
        found = await tx.journal.verify()
    assert (found.intact, found.entries) == (True, 3)


async def test_an_empty_journal_is_intact(db: Database) -> None:
    async with db.read() as tx:
        assert (await tx.journal.verify()).intact


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
    async with db.read() as tx:
        found = await tx.journal.verify()
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
    async with db.read() as tx:
        found = await tx.journal.verify()
    assert (found.intact, found.entries) == (True, 30)


async def test_an_event_whose_transaction_fails_is_not_in_the_journal(db: Database) -> None:
    async def failing() -> None:
        async with db.write() as tx:
            await tx.journal.write(AT, AuditEvent(AuditAction.LIVE, Outcome.GRANTED))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    async with db.read() as tx:
        assert (await tx.journal.verify()).entries == 0


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


async def test_a_database_that_cannot_be_opened_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/file/x.db")
    with pytest.raises(Unavailable, match="database does not answer"):
        await db.prepare()
    await db.close()


@pytest.mark.parametrize("url", ["", "nonsense", "nonsense://x", "postgresql+nodriver://u:Zq81@h/d"])
def test_a_wrong_database_url_is_bad_input_that_quotes_nothing(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        Database(url)
    assert "Zq81" not in caught.value.detail
