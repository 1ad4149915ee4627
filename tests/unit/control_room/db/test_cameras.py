"""Cameras in the database."""

from dataclasses import replace
from datetime import date

import httpx
import pytest

from control_room.model.territory import Authorisation
from shared.errors import NotFound
from tests.unit.control_room.room import LILLE, ROUBAIX, Room

PERMIT = Authorisation("2026-1", date(2026, 1, 1), date(2026, 12, 31), 10)


@pytest.mark.parametrize("permit", [None, PERMIT])
async def test_a_changed_camera_is_read_as_it_was_written(
    room: Room, admin: httpx.AsyncClient, permit: Authorisation | None
) -> None:
    camera_id = await room.camera(admin)
    async with room.db.write() as tx:
        changed = replace(await tx.cameras.get(camera_id), name="Gare", lat=50.6, authorisation=permit)
        await tx.cameras.change(changed)
    async with room.db.read() as tx:
        assert await tx.cameras.get(camera_id) == changed
        assert await tx.cameras.of(LILLE) == await tx.cameras.all() == [changed]
        assert await tx.cameras.of(ROUBAIX) == []


async def test_a_camera_there_is_not_is_not_found_and_not_named(room: Room) -> None:
    async with room.db.read() as tx:
        assert await tx.cameras.named(["cam-none"]) == []
        with pytest.raises(NotFound):
            await tx.cameras.get("cam-none")
