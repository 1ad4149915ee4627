"""Access requests of people who were filmed: entered, answered within a month, for the legal role."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.export_orders import named_cameras
from control_room.evidence.room import Evidence
from control_room.model.access_requests import AccessRequest, AccessStatus, copy_of, due
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.paging import Asked, Slice
from shared.errors import BadInput, NotFound
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
    return await reached_request(evidence, caller, Right.SEE_ACCESS_REQUEST, request_id)


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
    event = request_event(caller, Right.ACCESS_REQUEST, request, asking.identity)
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


def request_event(
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


async def reached_request(
    evidence: Evidence,
    caller: Caller,
    right: Right,
    request_id: str,
    *,
    action: AuditAction | None = None,
    camera: str = "",
) -> AccessRequest:
    """A request that the caller may do this with: what takes another person, with its copy of `camera`.

    Raises as `Gate.reach` does, and NotFound.
    """
    async with evidence.access.db.read() as tx:
        try:
            found = await tx.access_requests.get(request_id)
        except NotFound:
            found = None
    event = caller.event(action or right, resource=f"access-request:{request_id[:_SHOWN_CHARS]}")
    codes = None if found is None else {found.commune}
    copy = None if found is None else copy_of(found, camera)
    authors = frozenset(() if copy is None else copy.authors)
    await evidence.access.gate.reach(caller, right, "access-request", codes, event, authors=authors)
    if found is None:
        raise no_such("access-request")
    return found
