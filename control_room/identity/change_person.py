"""Changing a person: what they may do, how they sign in, what they are called."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from control_room.access.callers import Caller
from control_room.access.rights import PLATFORM, Right
from control_room.identity.last_administrator import keep_an_administrator
from control_room.identity.room import Identity
from control_room.model.changes import refuse_nulls
from control_room.model.journal import AuditAction
from control_room.model.people import Person, codes_of
from shared.reasons import Reason, why

_MEMBERS = {"kind": "role"}
_MOVING = frozenset({"communes", "kind"})


async def change_person(
    identity: Identity,
    caller: Caller,
    person_id: str,
    changes: Mapping[str, object],
    password: str | None,
) -> Person:
    """Change a person. `changes` has members as the API names them; `password` is a new one.

    Whatever but the name is changed ends their sessions and pictures. Raises BadInput on a null or a weak
    password, NotFound, and Conflict where nobody could administer any more.
    """
    access = identity.access
    await access.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    refuse_nulls(changes)
    kept = None
    if password is not None:
        async with access.db.read() as tx:
            login = (await tx.people.get(person_id)).login
        kept = await identity.passwords.hash(password, login)
    async with access.db.write() as tx:
        before = await tx.people.get(person_id)
        person, ends = _changed(before, changes, new_password=kept is not None)
        await tx.people.change(person, kept)
        await keep_an_administrator(tx)
        named = [*changes, *(["password"] if password is not None else [])]
        event = caller.event(AuditAction.CHANGE_PERSON, resource=person.id, detail=_told(person, named))
        await access.gate.note(tx, caller, event)
        if ends:
            await tx.sessions.end_of(person.id)
    access.lessor.wake()
    return person


def _changed(before: Person, changes: Mapping[str, object], *, new_password: bool) -> tuple[Person, bool]:
    """The person after the changes, and whether their sessions end."""
    values = {_MEMBERS.get(name, name): value for name, value in changes.items()}
    person = replace(before, **values)  # type: ignore[arg-type]  # the schema has checked names and types
    person = replace(person, communes=frozenset(person.communes))
    ends = new_password or replace(person, name=before.name) != before
    return replace(person, rights_version=before.rights_version + ends), ends


def _told(person: Person, named: Iterable[str]) -> Reason:
    changed = sorted(named)
    fields = ", ".join(changed)
    if _MOVING.isdisjoint(changed):
        return why("person-changed", "{login}: {fields}", login=person.login, fields=fields)
    return why(
        "person-moved",
        "{login}: {fields}; now {kind}, communes: {communes}",
        login=person.login,
        fields=fields,
        kind=person.role.value,
        communes=codes_of(person),
    )
