"""People: for the administrator."""

from fastapi import APIRouter

from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.people import NewPerson, PersonChange, PersonView
from control_room.http.views import page, person_view
from control_room.identity import change_person as changing
from control_room.identity import create_person as creating
from control_room.identity import people as reading
from control_room.identity import remove_person as removing

router = APIRouter(prefix="/people", tags=["people"])


@router.get("", operation_id="listPeople", responses=READING)
async def list_people(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[PersonView]:
    """Everybody with an account, by login."""
    return page(await reading.list_people(rooms.identity, caller, asked), person_view)


@router.post("", operation_id="createPerson", status_code=201, responses=WRITING)
async def create_person(rooms: TheRooms, caller: SignedIn, body: NewPerson) -> PersonView:
    """Open an account: one a person, never shared."""
    person = await creating.create_person(
        rooms.identity,
        caller,
        login=body.login,
        name=body.name,
        role=body.kind,
        communes=body.communes,
        password=body.password.get_secret_value(),
        enabled=body.enabled,
    )
    return person_view(person)


@router.get("/{person_id}", operation_id="getPerson", responses=READING_ONE)
async def get_person(rooms: TheRooms, caller: SignedIn, person_id: str) -> PersonView:
    """One person."""
    return person_view(await reading.get_person(rooms.identity, caller, person_id))


@router.patch("/{person_id}", operation_id="changePerson", responses=WRITING)
async def change_person(rooms: TheRooms, caller: SignedIn, person_id: str, body: PersonChange) -> PersonView:
    """Change a person. A change of kind, communes, password or enabled ends their sessions and pictures."""
    changes = body.model_dump(exclude_unset=True)
    password = None
    if body.password is not None:
        del changes["password"]
        password = body.password.get_secret_value()
    return person_view(await changing.change_person(rooms.identity, caller, person_id, changes, password))


@router.delete("/{person_id}", operation_id="removePerson", status_code=204, responses=WRITING)
async def remove_person(rooms: TheRooms, caller: SignedIn, person_id: str) -> None:
    """Remove a person and end their sessions. The journal keeps what they did."""
    await removing.remove_person(rooms.identity, caller, person_id)
