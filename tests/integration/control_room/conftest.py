"""A Valkey and a control room for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.control_room.running import ControlRoom, running
from tests.support.valkey import Valkey


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    folder = tmp_path / "valkey"
    folder.mkdir()
    made = Valkey(folder)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def control_room(tmp_path: Path, valkey: Valkey) -> AsyncIterator[ControlRoom]:
    async with running(tmp_path, valkey.url) as made:
        yield made
