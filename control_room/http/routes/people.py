"""People: for the administrator."""

from fastapi import APIRouter

from control_room.http.access import Cursor, Limit, SignedIn
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.people import NewPerson, PersonChange, PersonView

router = APIRouter(prefix="/people", tags=["people"])


@router.get("", operation_id="listPeople", responses=READING)
async def list_people(caller: SignedIn, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonView]:
    """Everybody with an account, by login."""
    raise NotImplementedError


@router.post("", operation_id="createPerson", status_code=201, responses=WRITING)
async def create_person(caller: SignedIn, body: NewPerson) -> PersonView:
    """Open an account: one a person, never shared."""
    raise NotImplementedError


@router.get("/{person_id}", operation_id="getPerson", responses=READING_ONE)
async def get_person(caller: SignedIn, person_id: str) -> PersonView:
    """One person."""
    raise NotImplementedError


@router.patch("/{person_id}", operation_id="changePerson", responses=WRITING)
async def change_person(caller: SignedIn, person_id: str, body: PersonChange) -> PersonView:
    """Change a person. A change of kind, communes, password or enabled ends their sessions and pictures."""
    raise NotImplementedError


@router.delete("/{person_id}", operation_id="removePerson", status_code=204, responses=WRITING)
async def remove_person(caller: SignedIn, person_id: str) -> None:
    """Remove a person and end their sessions. The journal keeps what they did."""
    raise NotImplementedError
