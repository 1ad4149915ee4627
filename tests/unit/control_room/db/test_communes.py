"""Communes in the database."""

import pytest

from control_room.model.paging import Asked
from control_room.model.territory import Commune
from shared.errors import Conflict, NotFound
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


async def test_a_touched_commune_has_a_new_revision_and_no_other_has(room: Room) -> None:
    async with room.db.read() as tx:
        before = await tx.communes.revisions()
    async with room.db.write() as tx:
        await tx.communes.touch(LILLE)
    async with room.db.read() as tx:
        assert await tx.communes.revisions() == before | {LILLE: before[LILLE] + 1}


async def test_a_list_holds_the_codes_asked_for_in_order(room: Room) -> None:
    async with room.db.read() as tx:
        assert await tx.communes.codes() == [LILLE, ROUBAIX]
        found = await tx.communes.page(Asked(), {ROUBAIX, "59001"})
    assert [commune.code for commune in found.items] == [ROUBAIX]


async def test_a_code_is_kept_once_and_an_unknown_one_is_not_found(room: Room) -> None:
    async with room.db.write() as tx:
        with pytest.raises(Conflict):
            await tx.communes.add(Commune(LILLE, "Lille", 1, has_csu=False))
        with pytest.raises(NotFound):
            await tx.communes.get("59001")
