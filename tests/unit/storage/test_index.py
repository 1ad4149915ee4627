"""The index's schema."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.index.database import Database
from storage.index.policies import PolicyRows
from storage.index.tables import metadata
from tests.unit.storage.workshop import policy


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'index.db'}")
    async with database.read() as connection:
        found = await connection.run_sync(differences)
    await database.close()
    assert found == []


async def test_a_camera_that_is_removed_keeps_its_last_policy(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'index.db'}")
    rows = PolicyRows(database)
    await rows.replace([policy(days=12)])
    await rows.replace([])
    kept = await rows.all()
    await database.close()
    assert [(one.recorded, one.days) for one in kept] == [(False, 12)]
