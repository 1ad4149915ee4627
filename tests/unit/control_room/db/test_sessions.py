"""Sessions in the database."""

from dataclasses import replace

from control_room.model.people import Person, Role, Session
from tests.unit.control_room.room import LILLE, Room

IDLE_S = 600


async def signed_in(room: Room, now_s: int = 1000) -> tuple[Person, Session]:
    """Somebody with one session."""
    person = await room.person(Role.OPERATOR, [LILLE])
    session = Session("s-1", person.id, person.rights_version, now_s + 3600, now_s)
    async with room.db.write() as tx:
        await tx.sessions.add(session, "a-hash")
    return person, session


async def test_a_session_lives_until_its_idle_end_and_renewing_never_goes_back(room: Room) -> None:
    _, session = await signed_in(room)
    async with room.db.write() as tx:
        assert await tx.sessions.by_token("a-hash") == session
        await tx.sessions.renew("s-1", 1300)
        await tx.sessions.renew("s-1", 1200)
        assert await tx.sessions.living(1899, IDLE_S) == {"s-1": 1900}
        assert await tx.sessions.living(1900, IDLE_S) == {}


async def test_a_session_of_rights_that_changed_or_of_an_account_switched_off_does_not_live(
    room: Room,
) -> None:
    person, _ = await signed_in(room)
    for changed in (replace(person, rights_version=2), replace(person, enabled=False)):
        async with room.db.write() as tx:
            await tx.people.change(changed)
        async with room.db.read() as tx:
            assert await tx.sessions.living(1001, IDLE_S) == {}
    async with room.db.write() as tx:
        await tx.people.change(person)
    async with room.db.read() as tx:
        assert set(await tx.sessions.living(1001, IDLE_S)) == {"s-1"}


async def test_what_is_over_is_swept_and_what_is_ended_is_gone(room: Room) -> None:
    person, _ = await signed_in(room)
    async with room.db.write() as tx:
        await tx.sessions.sweep(1599, IDLE_S)
        assert await tx.sessions.by_token("a-hash") is not None
        await tx.sessions.sweep(1600, IDLE_S)
        assert await tx.sessions.by_token("a-hash") is None
        await tx.sessions.add(Session("s-2", person.id, 1, 9000, 1000), "another")
        await tx.sessions.end_of(person.id)
        assert await tx.sessions.by_token("another") is None
