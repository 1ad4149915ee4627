"""People: for the administrator."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter

from control_room.access.rights import PLATFORM, Right
from control_room.db.transaction import Transaction
from control_room.http.access import AskedPage, SignedIn, TheDesk
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.people import NewPerson, PersonChange, PersonView
from control_room.http.views import page, person_view
from control_room.model.people import Person
from shared.errors import BadInput, Conflict
from shared.reasons import Reason, why

router = APIRouter(prefix="/people", tags=["people"])


@router.get("", operation_id="listPeople", responses=READING)
async def list_people(desk: TheDesk, caller: SignedIn, asked: AskedPage) -> Page[PersonView]:
    """Everybody with an account, by login."""
    await desk.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with desk.db.read() as tx:
        return page(await tx.people.page(asked), person_view)


@router.post("", operation_id="createPerson", status_code=201, responses=WRITING)
async def create_person(desk: TheDesk, caller: SignedIn, body: NewPerson) -> PersonView:
    """Open an account: one a person, never shared."""
    await desk.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    kept = await desk.passwords.hash(body.password.get_secret_value(), body.login)
    person = Person(
        id=desk.names.new("p"),
        login=body.login,
        name=body.name,
        role=body.kind,
        communes=frozenset(body.communes),
        enabled=body.enabled,
    )
    async with desk.db.write() as tx:
        await tx.people.add(person, kept)
        detail = why(
            "person-created",
            "{login}, {kind}, communes: {communes}",
            login=person.login,
            kind=person.role.value,
            communes=_codes(person),
        )
        await desk.gate.grant(tx, caller, caller.event("create-person", resource=person.id, detail=detail))
    return person_view(person)


@router.get("/{person_id}", operation_id="getPerson", responses=READING_ONE)
async def get_person(desk: TheDesk, caller: SignedIn, person_id: str) -> PersonView:
    """One person."""
    await desk.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with desk.db.read() as tx:
        return person_view(await tx.people.get(person_id))


@router.patch("/{person_id}", operation_id="changePerson", responses=WRITING)
async def change_person(desk: TheDesk, caller: SignedIn, person_id: str, body: PersonChange) -> PersonView:
    """Change a person. A change of kind, communes, password or enabled ends their sessions and pictures."""
    await desk.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    changes = body.model_dump(exclude_unset=True)
    if None in changes.values():
        field = next(name for name, value in changes.items() if value is None)
        raise BadInput(why("field-null", "{field} cannot be null", field=field), field)
    kept = None
    if body.password is not None:
        async with desk.db.read() as tx:
            login = (await tx.people.get(person_id)).login
        kept = await desk.passwords.hash(body.password.get_secret_value(), login)
    changes.pop("password", None)
    async with desk.db.write() as tx:
        before = await tx.people.get(person_id)
        person = replace(before, **changes)
        person = replace(person, communes=frozenset(person.communes))
        ends = kept is not None or replace(person, name=before.name) != before
        person = replace(person, rights_version=before.rights_version + ends)
        await tx.people.change(person, kept)
        await _keep_an_administrator(tx)
        detail = _told(
            person, sorted(body.model_fields_set), moved=bool(changes.keys() & {"communes", "kind"})
        )
        await desk.gate.grant(tx, caller, caller.event("change-person", resource=person.id, detail=detail))
        if ends:
            await tx.sessions.end_of(person.id)
    desk.lessor.wake()
    return person_view(person)


@router.delete("/{person_id}", operation_id="removePerson", status_code=204, responses=WRITING)
async def remove_person(desk: TheDesk, caller: SignedIn, person_id: str) -> None:
    """Remove a person and end their sessions. The journal keeps what they did."""
    await desk.gate.require(caller, Right.MANAGE_PERSON, PLATFORM)
    async with desk.db.write() as tx:
        person = await tx.people.get(person_id)
        event = caller.event("remove-person", resource=person.id, detail=person.login)
        await desk.gate.grant(tx, caller, event)
        await tx.people.remove(person_id)
        await _keep_an_administrator(tx)
        await tx.sessions.end_of(person.id)
    desk.lessor.wake()


async def _keep_an_administrator(tx: Transaction) -> None:
    if await tx.people.count_administrators() == 0:
        raise Conflict(
            why("last-administrator", "this is the last administrator who can sign in: make another first")
        )


def _told(person: Person, named: Sequence[str], *, moved: bool) -> Reason:
    fields = ", ".join(named)
    if not moved:
        return why("person-changed", "{login}: {fields}", login=person.login, fields=fields)
    return why(
        "person-moved",
        "{login}: {fields}; now {kind}, communes: {communes}",
        login=person.login,
        fields=fields,
        kind=person.role.value,
        communes=_codes(person),
    )


def _codes(person: Person) -> str:
    return " ".join(sorted(person.communes)) or "-"
