"""People, for the administrator to read."""

from control_room.access.callers import Caller
from control_room.access.rights import PLATFORM, Right
from control_room.identity.room import Identity
from control_room.model.paging import Asked, Slice
from control_room.model.people import Person


async def list_people(identity: Identity, caller: Caller, asked: Asked) -> Slice[Person]:
    """Everybody with an account, by login."""
    await identity.access.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with identity.access.db.read() as tx:
        return await tx.people.page(asked)


async def get_person(identity: Identity, caller: Caller, person_id: str) -> Person:
    """One person. Raises NotFound."""
    await identity.access.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with identity.access.db.read() as tx:
        return await tx.people.get(person_id)
