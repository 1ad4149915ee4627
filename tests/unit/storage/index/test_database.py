"""The index's schema."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from shared.errors import Unavailable
from shared.messages.codec import encode
from storage.index import database as database_module
from storage.index import migrations
from storage.index.backlog import BacklogRows
from storage.index.database import Database
from storage.index.exports import ExportRows
from storage.index.segments import SegmentRows
from storage.index.tables import metadata, segments
from storage.model.deadline import DAY_NS, deadline_ns, month_later_ns, month_later_utc_ns
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import order
from tests.unit.storage.rows import segment

MIGRATIONS = Path(migrations.__file__).parent
STREAM_NAME = str(STREAM)


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'index.db'}")
    async with database.read() as connection:
        found = await connection.run_sync(differences)
    await database.close()
    assert found == []


def first_schema(connection: Connection) -> None:
    """An index as the first version made and filled it: a segment, its policy, two exports."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")
    start_ns, day_ns = START_NS, DAY_NS
    for number, (days, state) in enumerate([(30, "stored"), (2, "stored"), (30, "garbage")]):
        connection.exec_driver_sql(
            "INSERT INTO segments VALUES (?, ?, 1, ?, ?, ?, 100, '', '', '', ?, ?)",
            (f"k-{number}", STREAM_NAME, start_ns, start_ns + 60, start_ns + 31 * day_ns, days, state),
        )
    connection.exec_driver_sql("INSERT INTO policies VALUES (?, '', '', 1, 5)", (STREAM_NAME,))
    wanted = encode(order()).decode()
    connection.exec_driver_sql(
        "INSERT INTO exports VALUES ('x-0001', 1, ?, 'done', 1, 1, 1, '', '', ?)", (wanted, start_ns)
    )


async def test_an_index_of_the_first_version_goes_on_with_what_it_holds(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'index.db'}"
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(first_schema)
    await engine.dispose()
    database = await Database.open(url)
    rows = SegmentRows(database)
    days = {one.key: one.days for one in await rows.everything()}
    totals, packages = await rows.totals(), await ExportRows(database).packages()
    late_ns = await BacklogRows(database).overdue_ns(START_NS + 6 * DAY_NS)
    found = len(await rows.between(STREAM, START_NS, START_NS + 1))
    await database.close()
    assert days == {"k-0": 5, "k-1": 2, "k-2": 5}
    assert totals == {"stored": (2, 200), "garbage": (1, 100)}
    assert (late_ns, found, packages[0].parts[0].days) == (4 * DAY_NS, 2, 5)


def older_schema(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, "0007")


async def test_rows_that_lived_by_the_month_of_utc_alone_are_lowered(tmp_path: Path) -> None:
    """Of a night in which UTC gives a day more, an hour of spring, days short of a month, and one held."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'index.db'}"
    texts = (
        "2026-01-30T22:59",
        "2026-01-30T23:30",
        "2026-02-10T12:00",
        "2026-03-10T12:00",
        "2026-06-10T12:00",
    )
    instants = [int(datetime.fromisoformat(f"{one}Z").timestamp()) * 10**9 for one in texts]
    database = await Database.open(url)
    rows = SegmentRows(database)
    cases = [
        (at_ns, days, held) for at_ns in instants for days, held in ((31, False), (5, False), (31, True))
    ]
    for number, (at_ns, days, _) in enumerate(cases):
        await rows.add(replace(segment(0, days=days, start_ns=at_ns), key=f"k-{number}"))
    async with database.write() as connection:
        for number, (at_ns, days, held) in enumerate(cases):
            month_ns = month_later_utc_ns(at_ns)
            due_ns = None if held else min(at_ns + days * DAY_NS, month_ns)
            old = {"month_ns": month_ns, "due_ns": due_ns}
            await connection.execute(update(segments).where(segments.c.key == f"k-{number}").values(old))
        await connection.run_sync(older_schema)
    await database.close()
    database = await Database.open(url)
    async with database.read() as connection:
        found = {row.key: row for row in (await connection.execute(select(segments))).all()}
    await database.close()
    for number, (at_ns, days, held) in enumerate(cases):
        row = found[f"k-{number}"]
        assert row.month_ns == month_later_ns(at_ns)
        assert row.due_ns == (None if held else deadline_ns(at_ns, days))


async def test_an_index_that_another_process_writes_into_for_long_is_waited_for_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'index.db'}"
    await (await Database.open(url)).close()
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 100)
    other = sqlite3.connect(tmp_path / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await Database.open(url)
    asyncio.get_running_loop().call_later(0.15, other.rollback)
    await (await Database.open(url)).close()
    other.close()
