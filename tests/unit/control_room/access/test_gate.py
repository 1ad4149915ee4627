"""The gate: a refusal and a grant are in the journal before anybody is told."""

import copy
from dataclasses import replace

import httpx
import pytest

from control_room.access.callers import Caller
from control_room.access.gate import Gate, Grant
from control_room.access.rights import PLATFORM, Right
from control_room.db.transaction import Transaction
from control_room.model.journal import Outcome
from control_room.model.people import Role
from shared.errors import Conflict, Forbidden, Unauthenticated
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


async def caller(room: Room, role: Role = Role.OPERATOR, *communes: str) -> Caller:
    person = await room.person(role, communes or [LILLE])
    return Caller(person, "s-1", "192.0.2.7", 0)


def gate_of(room: Room) -> Gate:
    return room.rooms.access.gate


async def entries(room: Room) -> int:
    async with room.db.read() as tx:
        return (await tx.journal.end())[0]


async def test_a_grant_is_given_once_its_events_are_kept(room: Room) -> None:
    somebody = await caller(room)
    event = somebody.event(Right.LIVE, Outcome.GRANTED, commune=LILLE, camera="cam-1")
    refused = somebody.event(Right.LIVE, Outcome.REFUSED, commune=LILLE, camera="cam-2")
    grant = await gate_of(room).grant(somebody, Right.LIVE, [event, refused])
    assert (grant.right, grant.caller, grant.events) == (Right.LIVE, somebody, (event,))
    assert await entries(room) == 2


async def test_what_fails_beside_a_grant_leaves_no_event_and_no_grant(room: Room) -> None:
    somebody = await caller(room)

    async def failing(_tx: Transaction) -> None:
        raise Conflict("taken")

    with pytest.raises(Conflict):
        await gate_of(room).grant(somebody, Right.HOLD, [somebody.event(Right.HOLD)], failing)
    assert await entries(room) == 0


async def test_nobody_else_makes_a_grant_or_another_of_one(room: Room) -> None:
    somebody = await caller(room)
    with pytest.raises(TypeError):
        Grant(Right.LIVE, somebody, (), object())
    grant = await gate_of(room).grant(somebody, Right.SEE_CAMERA, [somebody.event(Right.SEE_CAMERA)])
    with pytest.raises((TypeError, ValueError)):
        replace(grant, right=Right.LIVE)  # type: ignore[call-arg]  # that it cannot be is what is tried
    with pytest.raises(AttributeError):
        grant.right = Right.LIVE  # type: ignore[misc]  # that it cannot be written is what is tried
    assert copy.copy(grant) == grant


async def test_rights_that_changed_since_the_request_came_in_give_no_grant(room: Room) -> None:
    somebody = await caller(room)
    async with room.db.write() as tx:
        await tx.people.change(replace(somebody.person, rights_version=2))
    with pytest.raises(Unauthenticated):
        await gate_of(room).grant(somebody, Right.LIVE, [somebody.event(Right.LIVE)])
    assert await entries(room) == 0


async def test_what_is_refused_is_journaled_under_its_right(room: Room, admin: httpx.AsyncClient) -> None:
    somebody = await caller(room)
    with pytest.raises(Forbidden):
        await gate_of(room).require(somebody, Right.SEE_JOURNAL, PLATFORM)
    entry = (await room.journal(admin))[0]
    assert (entry["action"], entry["outcome"], entry["person"]) == (
        "see-journal",
        "refused",
        somebody.person.id,
    )


async def test_a_camera_that_is_blocked_is_no_secret_to_who_may_watch_it_and_is_to_others(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin, LILLE, enabled=False)
    with pytest.raises(Conflict):
        await gate_of(room).camera(await caller(room), Right.LIVE, camera)
    with pytest.raises(Forbidden):
        await gate_of(room).camera(await caller(room, Role.OPERATOR, ROUBAIX), Right.LIVE, camera)


async def test_the_territory_of_a_right_is_where_it_holds(room: Room) -> None:
    bound = await caller(room, Role.OPERATOR, ROUBAIX)
    assert await gate_of(room).territory(bound, Right.SEE_CAMERA) == {ROUBAIX}
    assert await gate_of(room).territory(bound, Right.SEE_JOURNAL) == frozenset()
