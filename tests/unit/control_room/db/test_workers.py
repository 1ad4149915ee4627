"""Worker credentials in the database."""

from datetime import UTC, datetime

import pytest

from control_room.model.territory import KnownWorker, Worker
from shared.errors import NotFound
from tests.unit.control_room.room import LILLE, ROUBAIX, Room

WORKER = Worker("w-1", LILLE, "town hall", datetime(2026, 11, 21, 12, tzinfo=UTC))


async def test_a_credential_is_found_by_the_hash_of_its_token_until_it_is_taken_back(room: Room) -> None:
    async with room.db.write() as tx:
        await tx.workers.add(WORKER, "a-hash")
    async with room.db.write() as tx:
        assert await tx.workers.by_token("a-hash") == KnownWorker("w-1", LILLE, 1)
        assert await tx.workers.by_token("another") is None
        assert await tx.workers.communes() == {LILLE}
        await tx.workers.remove(LILLE, "w-1")
        assert await tx.workers.by_token("a-hash") is None
        assert await tx.workers.communes() == frozenset()


async def test_a_credential_of_another_commune_is_not_taken_back(room: Room) -> None:
    async with room.db.write() as tx:
        await tx.workers.add(WORKER, "a-hash")
        with pytest.raises(NotFound):
            await tx.workers.remove(ROUBAIX, "w-1")
        assert await tx.workers.by_token("a-hash") is not None
