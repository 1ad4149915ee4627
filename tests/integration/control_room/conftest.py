"""A Valkey and a control room for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Valkey]:
    """One for all tests of a module that leave it as it was: a start costs seconds."""
    made = Valkey(tmp_path_factory.mktemp("valkey"))
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_room(
    tmp_path_factory: pytest.TempPathFactory, lasting_valkey: Valkey
) -> AsyncIterator[ControlRoom]:
    """As `lasting_valkey`."""
    async with running(tmp_path_factory.mktemp("room"), lasting_valkey.url) as made:
        yield made
