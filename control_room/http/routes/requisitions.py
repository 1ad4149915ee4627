"""The requisition desk: for the legal kind, and its register for communes too."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_room.evidence import decide_requisition as deciding
from control_room.evidence import deliver as delivering
from control_room.evidence import enter_requisition as entering
from control_room.evidence import preflight as asking
from control_room.evidence import requisitions as reading
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.desk_views import (
    delivery_view,
    desk_view,
    masks_view,
    preflight_view,
    requisition_view,
    version_view,
)
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.desk import (
    Act,
    ChangedRequisition,
    Decision,
    DeliveryRequest,
    DeliveryView,
    DeskView,
    NewRequisition,
    PreflightView,
    RequisitionView,
    VersionView,
)
from control_room.http.schemas.masks import MasksView, tracks
from control_room.http.views import page
from control_room.model.requisitions import Officer, RequisitionStatus

router = APIRouter(tags=["requisitions"])
_BASE = "/requisitions"
_ONE = f"{_BASE}/{{requisition_id}}"


@router.get("/desk", operation_id="getDesk", responses=READING)
async def get_desk(rooms: TheRooms, caller: SignedIn) -> DeskView:
    """The articles that are known, who may sign by each, and what this centre decided for its desk."""
    return desk_view(await reading.desk_rules(rooms.evidence, caller))


@router.get(_BASE, operation_id="listRequisitions", responses=READING)
async def list_requisitions(
    rooms: TheRooms,
    caller: SignedIn,
    asked: AskedPage,
    status: RequisitionStatus | None = None,
    file: Annotated[str, Query(max_length=120, description="A part of the file number.")] = "",
) -> Page[RequisitionView]:
    """Requisitions that lie wholly in the caller's communes, newest first."""
    found = await reading.list_requisitions(rooms.evidence, caller, asked, status, file)
    return page(found, requisition_view)


@router.post(_BASE, operation_id="createRequisition", status_code=201, responses=WRITING)
async def create_requisition(rooms: TheRooms, caller: SignedIn, body: NewRequisition) -> RequisitionView:
    """Enter a requisition. What it asks for is held from now on, whatever is decided how late."""
    return requisition_view(await entering.enter_requisition(rooms.evidence, caller, _wanted(body)))


@router.get(_ONE, operation_id="getRequisition", responses=READING_ONE)
async def get_requisition(rooms: TheRooms, caller: SignedIn, requisition_id: str) -> RequisitionView:
    """A requisition as it stands."""
    return requisition_view(await reading.get_requisition(rooms.evidence, caller, requisition_id))


@router.put(_ONE, operation_id="changeRequisition", responses=WRITING)
async def change_requisition(
    rooms: TheRooms, caller: SignedIn, requisition_id: str, body: ChangedRequisition
) -> RequisitionView:
    """Enter another version; the ones before stay. 409 where it is decided, or changed since it was seen."""
    changed = await entering.change_requisition(
        rooms.evidence, caller, requisition_id, body.version, _wanted(body)
    )
    return requisition_view(changed)


@router.get(f"{_ONE}/versions", operation_id="listRequisitionVersions", responses=READING_ONE)
async def list_versions(rooms: TheRooms, caller: SignedIn, requisition_id: str) -> list[VersionView]:
    """All that it ever said, oldest first."""
    found = await reading.list_versions(rooms.evidence, caller, requisition_id)
    return [version_view(one) for one in found]


@router.get(f"{_ONE}/masks", operation_id="getRequisitionMasks", responses=READING_ONE)
async def get_masks(rooms: TheRooms, caller: SignedIn, requisition_id: str) -> MasksView:
    """Where the masks of its redacted copy are, to be looked at over its pictures; none for other exports."""
    return masks_view((await reading.get_requisition(rooms.evidence, caller, requisition_id)).demand)


@router.get(f"{_ONE}/preflight", operation_id="preflightRequisition", responses=READING_ONE)
async def preflight(rooms: TheRooms, caller: SignedIn, requisition_id: str) -> PreflightView:
    """What its export would have: size, coverage, what is missing and why, when it dies unless held."""
    return preflight_view(await asking.preflight(rooms.evidence, caller, requisition_id))


@router.post(f"{_ONE}/approve", operation_id="approveRequisition", responses=WRITING)
async def approve(rooms: TheRooms, caller: SignedIn, requisition_id: str, body: Decision) -> RequisitionView:
    """Approve it, which orders its export. 403 to whoever entered any version of it."""
    return requisition_view(
        await deciding.approve_requisition(rooms.evidence, caller, requisition_id, body.version, body.motive)
    )


@router.post(f"{_ONE}/refuse", operation_id="refuseRequisition", responses=WRITING)
async def refuse(rooms: TheRooms, caller: SignedIn, requisition_id: str, body: Decision) -> RequisitionView:
    """Refuse it, with the reason; its footage is held for it no longer."""
    return requisition_view(
        await deciding.refuse_requisition(rooms.evidence, caller, requisition_id, body.version, body.motive)
    )


@router.post(f"{_ONE}/withdraw", operation_id="withdrawRequisition", responses=WRITING)
async def withdraw(rooms: TheRooms, caller: SignedIn, requisition_id: str, body: Decision) -> RequisitionView:
    """Take it back, before it is decided or where its export came to nothing."""
    return requisition_view(
        await deciding.withdraw_requisition(rooms.evidence, caller, requisition_id, body.version, body.motive)
    )


@router.post(f"{_ONE}/retry", operation_id="retryRequisition", responses=WRITING)
async def retry(rooms: TheRooms, caller: SignedIn, requisition_id: str, body: Act) -> RequisitionView:
    """Order its export again, where the one before failed, was cancelled or is destroyed."""
    return requisition_view(await deciding.retry_export(rooms.evidence, caller, requisition_id, body.motive))


@router.post(f"{_ONE}/deliver", operation_id="deliverRequisition", status_code=201, responses=WRITING)
async def deliver(
    rooms: TheRooms, caller: SignedIn, requisition_id: str, body: DeliveryRequest
) -> DeliveryView:
    """Hand its package over: a signed receipt, and a line in the register of transmissions."""
    recipient = Officer(body.name, body.capacity, body.service)
    given = delivering.Handing(recipient, body.medium, body.motive)
    return delivery_view(await delivering.deliver(rooms.evidence, caller, requisition_id, given))


@router.get(f"{_ONE}/receipt", operation_id="getReceipt", responses=READING_ONE)
async def get_receipt(rooms: TheRooms, caller: SignedIn, requisition_id: str) -> DeliveryView:
    """Its line in the register, with the signed receipt."""
    return delivery_view(await delivering.get_receipt(rooms.evidence, caller, requisition_id))


@router.get("/register/transmissions", operation_id="listTransmissions", responses=READING)
async def list_transmissions(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[DeliveryView]:
    """The register of transmissions of the caller's communes, newest first."""
    return page(await delivering.list_transmissions(rooms.evidence, caller, asked), delivery_view)


def _wanted(body: NewRequisition) -> entering.Wanted:
    officer = body.officer
    return entering.Wanted(
        body.file,
        body.article,
        Officer(officer.name, officer.capacity, officer.service, officer.mandate),
        tuple(body.cameras),
        body.start,
        body.end,
        body.received_by,
        body.received_at,
        body.motive,
        body.recipient,
        None if body.masks is None else tracks(body.masks),
        body.original,
    )
