"""Removing a person."""

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import PLATFORM, Right
from control_room.identity.last_administrator import keep_an_administrator
from control_room.identity.room import Identity
from control_room.model.journal import AuditAction


async def remove_person(identity: Identity, caller: Caller, person_id: str) -> None:
    """Remove a person and end their sessions; the journal keeps what they did.

    Raises NotFound, and Conflict where nobody could administer any more.
    """
    access = identity.access
    await access.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with access.db.write() as tx:
        person = await tx.people.get(person_id)
        event = caller.event(AuditAction.REMOVE_PERSON, resource=person.id, detail=mere_name(person.login))
        await access.gate.note(tx, caller, event)
        await tx.people.remove(person_id)
        await keep_an_administrator(tx)
        await tx.sessions.end_of(person.id)
    access.lessor.wake()
