"""Access requests of people who were filmed: for the legal kind."""

from datetime import datetime

from fastapi import APIRouter

from control_room.evidence import access_copies as copying
from control_room.evidence import access_requests as requests
from control_room.evidence import end_access_request as ending
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.access_requests import (
    AccessAnswer,
    AccessEndingView,
    AccessRequestView,
    CopyView,
    NewAccessRequest,
    NewCopy,
)
from control_room.http.schemas.common import Page
from control_room.http.schemas.desk import Decision
from control_room.http.schemas.images import CameraId
from control_room.http.schemas.masks import MasksView, mask_spans, mask_views, tracks
from control_room.http.views import page
from control_room.model.access_requests import AccessRequest, AccessStatus, Copy

router = APIRouter(prefix="/access-requests", tags=["access requests"])
_COPY = "/{request_id}/copies/{camera_id}"


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


@router.put(_COPY, operation_id="drawAccessCopy", responses=WRITING)
async def draw_copy(
    rooms: TheRooms, caller: SignedIn, request_id: str, camera_id: CameraId, body: NewCopy
) -> AccessRequestView:
    """Keep the masks of a copy of a camera, in place of those there were; another person approves them."""
    drawn = copying.Drawn(camera_id, body.start, body.end, tracks(body.masks), body.motive)
    return _view(await copying.draw_copy(rooms.evidence, caller, request_id, drawn), rooms.access.now())


@router.get(_COPY, operation_id="getAccessCopy", responses=READING_ONE)
async def get_copy(rooms: TheRooms, caller: SignedIn, request_id: str, camera_id: CameraId) -> MasksView:
    """Where the masks of a copy are, to be looked at over its pictures."""
    found = await copying.see_copy(rooms.evidence, caller, request_id, camera_id)
    return MasksView(camera=found.camera, start=found.start, end=found.end, masks=mask_views(found.masks))


@router.post(f"{_COPY}/approve", operation_id="approveAccessCopy", responses=WRITING)
async def approve_copy(
    rooms: TheRooms, caller: SignedIn, request_id: str, camera_id: CameraId, body: Decision
) -> AccessRequestView:
    """Approve a copy, which orders its export. 403 to whoever drew any version of it."""
    found = await copying.approve_copy(
        rooms.evidence, caller, request_id, camera_id, body.version, body.motive
    )
    return _view(found, rooms.access.now())


@router.post("/{request_id}/end", operation_id="endAccessRequest", responses=WRITING)
async def end_access_request(
    rooms: TheRooms, caller: SignedIn, request_id: str, body: AccessAnswer
) -> AccessRequestView:
    """Answer a request: redacted copies, proof that its images are gone, or a refusal with its ground.

    409 where storage has no such package, or the images are not proven to be gone.
    """
    answer = ending.Answer(body.status, body.motive, body.ground, tuple(body.packages), body.medium)
    found = await ending.end_access_request(rooms.evidence, caller, request_id, answer)
    return _view(found, rooms.access.now())


def _view(found: AccessRequest, now: datetime) -> AccessRequestView:
    end = found.ending
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
        overdue=end is None and found.due_at <= now,
        entered_by=found.entered_by,
        status=found.status,
        ending=None if end is None else AccessEndingView.model_validate(end, from_attributes=True),
        copies=[_copy_view(one) for one in found.copies],
    )


def _copy_view(copy: Copy) -> CopyView:
    return CopyView(
        camera=copy.camera,
        version=copy.version,
        start=copy.start,
        end=copy.end,
        masks=mask_spans(copy.masks),
        motive=copy.motive,
        drawn_by=copy.drawn_by,
        drawn_at=copy.drawn_at,
        approved_by=copy.approved_by,
        export=copy.export,
    )
