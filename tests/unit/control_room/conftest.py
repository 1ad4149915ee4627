"""The control room of a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from control_room.model import Kind
from tests.unit.control_room.room import Room, open_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as made:
        yield made


@pytest.fixture
async def admin(room: Room) -> httpx.AsyncClient:
    return await room.signed_in(Kind.ADMIN)
