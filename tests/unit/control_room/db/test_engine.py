"""A database that cannot be used is told in one sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from control_room.db.engine import Database
from shared.errors import BadInput, Unavailable


@pytest.fixture
async def db(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "journal.db"
    path.write_bytes(template.read_bytes())
    made = Database(f"sqlite+aiosqlite:///{path}")
    yield made
    await made.close()


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
