"""The desk of a test."""

import httpx
import pytest

from tests.unit.control_room.evidence.desk import Desk, opened
from tests.unit.control_room.room import Room


@pytest.fixture
async def desk(room: Room, admin: httpx.AsyncClient) -> Desk:
    return await opened(room, admin)
