"""What control_room said of each stream last."""

from pathlib import Path

from storage.index.database import Database
from storage.index.policies import PolicyRows
from tests.unit.storage.workshop import policy


async def test_a_camera_that_is_removed_keeps_its_last_policy(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'index.db'}")
    rows = PolicyRows(database)
    await rows.replace([policy(days=12)])
    await rows.replace([])
    kept = await rows.all()
    await database.close()
    assert [(one.recorded, one.days) for one in kept] == [(False, 12)]
