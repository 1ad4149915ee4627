"""Requisitions, for reading, and what every use case of one begins with: for the legal role."""

from collections.abc import Iterable
from contextlib import suppress

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.room import DeskRules, Evidence
from control_room.model.evidence import Hold, HoldStatus
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.paging import Asked, Slice
from control_room.model.requisitions import Demand, Entry, Requisition, RequisitionStatus
from shared.errors import Conflict, NotFound, Unavailable
from shared.reasons import Reason, why

_SHOWN_CHARS = 40


async def desk_rules(evidence: Evidence, caller: Caller) -> DeskRules:
    """What the centre has decided for its desk."""
    await evidence.access.gate.require(caller, Right.SEE_REQUISITION, LISTING)
    return evidence.rules


async def list_requisitions(
    evidence: Evidence, caller: Caller, asked: Asked, status: RequisitionStatus | None, file: str
) -> Slice[Requisition]:
    """Those that lie wholly in the caller's communes, newest first; `file` is a part of a file number."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_REQUISITION, LISTING)
    codes = await gate.territory(caller, Right.SEE_REQUISITION)
    async with evidence.access.db.read() as tx:
        return await tx.requisitions.page(asked, codes, status, file)


async def get_requisition(evidence: Evidence, caller: Caller, requisition_id: str) -> Requisition:
    """One requisition, as it stands."""
    return await reached_requisition(evidence, caller, Right.SEE_REQUISITION, requisition_id)


async def list_versions(
    evidence: Evidence, caller: Caller, requisition_id: str
) -> list[tuple[Entry, Demand]]:
    """All that a requisition ever said, oldest first."""
    await reached_requisition(evidence, caller, Right.SEE_REQUISITION, requisition_id)
    async with evidence.access.db.read() as tx:
        return await tx.requisitions.versions(requisition_id)


async def reached_requisition(
    evidence: Evidence,
    caller: Caller,
    right: Right,
    requisition_id: str,
    motive: str = "",
    action: AuditAction | None = None,
) -> Requisition:
    """A requisition that the caller may do this with. Raises as `Gate.reach` does, and NotFound."""
    async with evidence.access.db.read() as tx:
        try:
            found = await tx.requisitions.get(requisition_id)
        except NotFound:
            found = None
    resource = f"requisition:{requisition_id[:_SHOWN_CHARS]}"
    event = caller.event(action or right, resource=resource, motive=motive)
    codes = None if found is None else found.communes
    authors = frozenset[str]() if found is None else found.authors
    await evidence.access.gate.reach(caller, right, "requisition", codes, event, authors=authors)
    if found is None:
        raise no_such("requisition")
    return found


def requisition_events(
    caller: Caller, action: AuditAction | Right, id: str, demand: Demand, motive: str
) -> list[AuditEvent]:
    """What the journal has of an act about a requisition: one entry a camera."""
    detail = _told(demand)
    return [
        caller.event(
            action,
            Outcome.GRANTED,
            commune=stream.commune,
            camera=stream.camera,
            resource=f"requisition:{id}",
            detail=detail,
            motive=motive,
        )
        for stream in demand.streams
    ]


def _told(demand: Demand) -> Reason:
    """Of masks the journal has how many there are, never where."""
    start, end = demand.start.isoformat(), demand.end.isoformat()
    if demand.masks:
        return why(
            "requisition-of-redacted",
            "{start} to {end}; {reference}; article {article}; {authority}; redacted, {masks} masks",
            start=start,
            end=end,
            reference=demand.file,
            article=demand.article,
            authority=demand.officer.name,
            masks=len(demand.masks),
        )
    return why(
        "requisition-of",
        "{start} to {end}; {reference}; article {article}; {authority}",
        start=start,
        end=end,
        reference=demand.file,
        article=demand.article,
        authority=demand.officer.name,
    )


def must_be(
    requisition: Requisition, allowed: Iterable[RequisitionStatus], version: int | None = None
) -> None:
    """Return where a requisition is in one of these states and still as it was seen. Raises Conflict."""
    if requisition.status not in allowed:
        raise Conflict(
            why(
                "requisition-is",
                "the requisition is {requisition_status}: this cannot be done with it",
                requisition_status=requisition.status.value,
            )
        )
    if version is not None and version != requisition.version:
        raise Conflict(why("requisition-changed", "the requisition was changed: look at it again"))


async def released(tx: Transaction, requisition_id: str) -> list[Hold]:
    """End the holds of a requisition in the transaction that ends it; they are to be settled after it."""
    held = await tx.holds.of_requisition(requisition_id)
    for hold in held:
        await tx.holds.advance(hold.id, hold.status, HoldStatus.RELEASING, "")
    return held


async def settle(evidence: Evidence, holds: Iterable[Hold]) -> None:
    """Tell storage of holds that were placed or ended; where it is away it is told later."""
    for one in holds:
        async with evidence.access.db.read() as tx:
            hold = await tx.holds.get(one.id)
        if hold.status in (HoldStatus.PENDING, HoldStatus.RELEASING):
            with suppress(Unavailable):
                await evidence.orders.settle(hold)
