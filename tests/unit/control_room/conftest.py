"""The control room of a test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from control_room.db.engine import Database
from control_room.model.people import Role
from tests.unit.control_room.room import Room, open_room


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the newest schema, made once."""
    path = tmp_path_factory.mktemp("schema") / "control_room.db"

    async def make() -> None:
        db = Database(f"sqlite+aiosqlite:///{path}")
        await db.prepare()
        await db.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def room(tmp_path: Path, template: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, template=template) as made:
        yield made


@pytest.fixture
async def admin(room: Room) -> httpx.AsyncClient:
    return await room.signed_in(Role.ADMIN)
