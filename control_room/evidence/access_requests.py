"""Access requests of people who were filmed: entered, answered within a month, for the legal role."""

from dataclasses import dataclass, replace
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.export_orders import named_cameras
from control_room.evidence.room import Evidence
from control_room.model.access_requests import AccessRequest, AccessStatus, Ending, Ground, check_ending, due
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.paging import Asked, Slice
from shared.errors import BadInput, Conflict, NotFound
from shared.reasons import why

_SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody who was filmed asks for, [start, end) in UTC, and how it is known that it is them."""

    person: str
    contact: str
    identity: str
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request is to end; see `Ending`."""

    status: AccessStatus
    motive: str
    ground: Ground | None = None
    package: str = ""
    sha256: str = ""
    proof: str = ""


async def list_access_requests(
    evidence: Evidence, caller: Caller, asked: Asked, status: AccessStatus | None
) -> Slice[AccessRequest]:
    """Those of the caller's communes, newest first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_ACCESS_REQUEST, LISTING)
    codes = await gate.territory(caller, Right.SEE_ACCESS_REQUEST)
    async with evidence.access.db.read() as tx:
        return await tx.access_requests.page(asked, codes, status)


async def get_access_request(evidence: Evidence, caller: Caller, request_id: str) -> AccessRequest:
    """One request with its answer."""
    return await _reached(evidence, caller, Right.SEE_ACCESS_REQUEST, request_id)


async def enter_access_request(evidence: Evidence, caller: Caller, asking: Asking) -> AccessRequest:
    """Enter a request: it is to be answered within a month of its receipt.

    Raises Forbidden, and BadInput on unknown cameras or ones of several communes: each answers for its own.
    """
    access = evidence.access
    await access.gate.require(caller, Right.ACCESS_REQUEST, LISTING)
    cameras = await named_cameras(evidence, caller, Right.ACCESS_REQUEST, asking.cameras, "")
    communes = {camera.commune for camera in cameras}
    request = AccessRequest(
        access.names.new("a"),
        min(communes),
        asking.person,
        asking.contact,
        asking.identity,
        tuple(camera.id for camera in cameras),
        asking.start,
        asking.end,
        asking.received_at,
        due(asking.received_at),
        caller.person.login,
    )
    event = _event(caller, Right.ACCESS_REQUEST, request, asking.identity)
    await access.gate.reach(caller, Right.ACCESS_REQUEST, "camera", communes, event)
    if len(communes) > 1:
        raise BadInput(
            why("access-one-commune", "a request is of the cameras of one commune: enter one for each"),
            "cameras",
        )
    if asking.received_at > access.now():
        raise BadInput(why("received-in-future", "a paper is received before it is entered"), "received_at")

    async def keep(tx: Transaction) -> None:
        await tx.access_requests.add(request)

    await access.gate.grant(caller, Right.ACCESS_REQUEST, [event], keep)
    return request


async def end_access_request(
    evidence: Evidence, caller: Caller, request_id: str, answer: Answer
) -> AccessRequest:
    """Answer a request, once.

    Raises as `Gate.reach` does, NotFound, BadInput where the answer lacks what it takes, and Conflict.
    """
    access = evidence.access
    found = await _reached(evidence, caller, Right.ACCESS_REQUEST, request_id, AuditAction.END_ACCESS_REQUEST)
    ending = Ending(
        answer.status,
        answer.motive,
        caller.person.login,
        access.now(),
        answer.ground,
        answer.package,
        answer.sha256,
        answer.proof,
    )
    check_ending(ending)
    event = _event(caller, AuditAction.END_ACCESS_REQUEST, found, answer.motive, answer.status)

    async def keep(tx: Transaction) -> None:
        now = await tx.access_requests.get(found.id)
        if now.ending is not None:
            raise Conflict(why("access-ended", "this request is answered already"))
        await tx.access_requests.change(replace(now, ending=ending))

    try:
        await access.gate.grant(caller, Right.ACCESS_REQUEST, [event], keep)
    except Conflict as error:
        await access.gate.refuse(error, [event])
    return replace(found, ending=ending)


def _event(
    caller: Caller,
    action: AuditAction | Right,
    request: AccessRequest,
    motive: str,
    status: AccessStatus = AccessStatus.OPEN,
) -> AuditEvent:
    """What the journal has of it: never the name of who was filmed."""
    return caller.event(
        action,
        Outcome.GRANTED,
        commune=request.commune,
        camera=request.cameras[0] if len(request.cameras) == 1 else "",
        resource=f"access-request:{request.id}",
        detail=why(
            "access-request-of",
            "{start} to {end}; {access_status}",
            start=request.start.isoformat(),
            end=request.end.isoformat(),
            access_status=status.value,
        ),
        motive=motive,
    )


async def _reached(
    evidence: Evidence,
    caller: Caller,
    right: Right,
    request_id: str,
    action: AuditAction | None = None,
) -> AccessRequest:
    async with evidence.access.db.read() as tx:
        try:
            found = await tx.access_requests.get(request_id)
        except NotFound:
            found = None
    event = caller.event(action or right, resource=f"access-request:{request_id[:_SHOWN_CHARS]}")
    codes = None if found is None else {found.commune}
    await evidence.access.gate.reach(caller, right, "access-request", codes, event)
    if found is None:
        raise no_such("access-request")
    return found
