"""Access requests of people who were filmed: for the legal kind."""

from datetime import datetime

from fastapi import APIRouter

from control_room.evidence import access_requests as requests
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.access_requests import (
    AccessAnswer,
    AccessEndingView,
    AccessRequestView,
    NewAccessRequest,
)
from control_room.http.schemas.common import Page
from control_room.http.views import page
from control_room.model.access_requests import AccessRequest, AccessStatus

router = APIRouter(prefix="/access-requests", tags=["access requests"])


@router.get("", operation_id="listAccessRequests", responses=READING)
async def list_access_requests(
    rooms: TheRooms, caller: SignedIn, asked: AskedPage, status: AccessStatus | None = None
) -> Page[AccessRequestView]:
    """Those of the caller's communes, newest first."""
    found = await requests.list_access_requests(rooms.evidence, caller, asked, status)
    return page(found, lambda one: _view(one, rooms.access.now()))


@router.post("", operation_id="createAccessRequest", status_code=201, responses=WRITING)
async def create_access_request(
    rooms: TheRooms, caller: SignedIn, body: NewAccessRequest
) -> AccessRequestView:
    """Enter a request, which is to be answered within a month."""
    asking = requests.Asking(
        body.person, body.contact, body.identity, tuple(body.cameras), body.start, body.end, body.received_at
    )
    return _view(await requests.enter_access_request(rooms.evidence, caller, asking), rooms.access.now())


@router.get("/{request_id}", operation_id="getAccessRequest", responses=READING_ONE)
async def get_access_request(rooms: TheRooms, caller: SignedIn, request_id: str) -> AccessRequestView:
    """A request with its answer."""
    found = await requests.get_access_request(rooms.evidence, caller, request_id)
    return _view(found, rooms.access.now())


@router.post("/{request_id}/end", operation_id="endAccessRequest", responses=WRITING)
async def end_access_request(
    rooms: TheRooms, caller: SignedIn, request_id: str, body: AccessAnswer
) -> AccessRequestView:
    """Answer a request: a redacted copy, a proof of destruction, or a refusal with its ground."""
    answer = requests.Answer(body.status, body.motive, body.ground, body.package, body.sha256, body.proof)
    found = await requests.end_access_request(rooms.evidence, caller, request_id, answer)
    return _view(found, rooms.access.now())


def _view(found: AccessRequest, now: datetime) -> AccessRequestView:
    ending = found.ending
    return AccessRequestView(
        id=found.id,
        commune=found.commune,
        person=found.person,
        contact=found.contact,
        identity=found.identity,
        cameras=list(found.cameras),
        start=found.start,
        end=found.end,
        received_at=found.received_at,
        due_at=found.due_at,
        overdue=ending is None and found.due_at <= now,
        entered_by=found.entered_by,
        status=found.status,
        ending=None if ending is None else AccessEndingView.model_validate(ending, from_attributes=True),
    )
