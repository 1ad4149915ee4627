"""People in the database."""

from dataclasses import replace

import pytest

from control_room.model.people import Role
from shared.errors import NotFound
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


async def test_a_changed_person_is_bound_to_the_new_communes_only_and_keeps_the_password(room: Room) -> None:
    person = await room.person(Role.OPERATOR, [LILLE], "ada")
    async with room.db.read() as tx:
        before = await tx.people.by_login("ada")
    changed = replace(person, communes=frozenset({ROUBAIX}), role=Role.LEGAL, rights_version=2)
    async with room.db.write() as tx:
        await tx.people.change(changed)
    async with room.db.read() as tx:
        after = await tx.people.by_login("ada")
    assert before is not None
    assert after == (changed, before[1])


async def test_only_administrators_who_can_sign_in_are_counted(room: Room) -> None:
    off = await room.person(Role.ADMIN)
    await room.person(Role.ADMIN)
    await room.person(Role.LEGAL, [LILLE])
    async with room.db.write() as tx:
        await tx.people.change(replace(off, enabled=False))
    async with room.db.read() as tx:
        assert (await tx.people.count(), await tx.people.count_administrators()) == (3, 1)


async def test_a_removed_person_is_gone_with_the_ties(room: Room) -> None:
    person = await room.person(Role.OPERATOR, [LILLE], "ada")
    async with room.db.write() as tx:
        await tx.people.remove(person.id)
    async with room.db.read() as tx:
        assert (await tx.people.named([person.id]), await tx.people.by_login("ada")) == ([], None)
        with pytest.raises(NotFound):
            await tx.people.get(person.id)
