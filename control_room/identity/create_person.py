"""Opening an account."""

from collections.abc import Iterable

from control_room.access.callers import Caller
from control_room.access.rights import PLATFORM, Right
from control_room.identity.room import Identity
from control_room.model.journal import AuditAction
from control_room.model.people import Person, Role, codes_of
from shared.reasons import why


async def create_person(
    identity: Identity,
    caller: Caller,
    *,
    login: str,
    name: str,
    role: Role,
    communes: Iterable[str],
    password: str,
    enabled: bool,
) -> Person:
    """Make a person with an account: one a person, never shared.

    Raises BadInput on a weak password or an unknown commune, Conflict when the login is taken.
    """
    access = identity.access
    await access.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    kept = await identity.passwords.hash(password, login)
    person = Person(access.names.new("p"), login, name, role, frozenset(communes), enabled)
    detail = why(
        "person-created",
        "{login}, {kind}, communes: {communes}",
        login=person.login,
        kind=person.role.value,
        communes=codes_of(person),
    )
    event = caller.event(AuditAction.CREATE_PERSON, resource=person.id, detail=detail)
    async with access.db.write() as tx:
        await tx.people.add(person, kept)
        await access.gate.note(tx, caller, event)
    return person
