"""The second person's word on a requisition, and the first one's way to take it back."""

from control_room.access.callers import Caller
from control_room.access.gate import Doing
from control_room.access.rights import Right
from control_room.db.transaction import Transaction
from control_room.evidence.export_orders import new_export, order_events
from control_room.evidence.requisitions import (
    must_be,
    reached_requisition,
    released,
    requisition_events,
    settle,
)
from control_room.evidence.room import Evidence
from control_room.model.evidence import Export, Hold, HoldStatus
from control_room.model.journal import AuditAction, AuditEvent
from control_room.model.requisitions import Requisition, RequisitionStatus, authority
from shared.errors import Conflict
from shared.messages.storage import ExportOrder, ExportStatus
from shared.reasons import why

_RETRIED = (ExportStatus.FAILED, ExportStatus.CANCELLED, ExportStatus.DESTROYED)
_UNDECIDED = (RequisitionStatus.WAITING,)


async def approve_requisition(
    evidence: Evidence, caller: Caller, requisition_id: str, version: int, motive: str
) -> Requisition:
    """Approve the version that was seen, and order its export.

    Raises as `Gate.reach` does, Forbidden to whoever entered any version, and Conflict where it is decided or
    was changed since.
    """
    access = evidence.access
    seen = await reached_requisition(evidence, caller, Right.APPROVE, requisition_id, motive)
    order, export = _ordered(evidence, caller, seen, motive)
    approved = requisition_events(caller, Right.APPROVE, seen.id, seen.demand, motive)
    events = [*approved, *order_events(caller, order, motive)]
    surplus: list[Hold] = []

    async def keep(tx: Transaction) -> None:
        must_be(await tx.requisitions.get(seen.id), _UNDECIDED, version)
        must_be(seen, _UNDECIDED, version)
        await tx.requisitions.decide(
            seen.id, RequisitionStatus.APPROVED, caller.person.login, access.now(), motive
        )
        await tx.exports.add(export, order, caller.principal)
        await tx.requisitions.order(seen.id, export.id)
        surplus.extend(await _surplus(tx, seen))

    await _granted(evidence, caller, Right.APPROVE, events, keep)
    await evidence.orders.advanced(export)
    await settle(evidence, surplus)
    return await _now(evidence, seen.id)


async def refuse_requisition(
    evidence: Evidence, caller: Caller, requisition_id: str, version: int, reason: str
) -> Requisition:
    """Refuse a requisition, with the reason, and end its holds. Raises as approving does."""
    return await _ended(
        evidence,
        caller,
        await reached_requisition(
            evidence, caller, Right.APPROVE, requisition_id, reason, AuditAction.REFUSE_REQUISITION
        ),
        (Right.APPROVE, AuditAction.REFUSE_REQUISITION, RequisitionStatus.REFUSED),
        version,
        reason,
    )


async def withdraw_requisition(
    evidence: Evidence, caller: Caller, requisition_id: str, version: int, reason: str
) -> Requisition:
    """Take a requisition back: before it is decided, or where its export came to nothing.

    Raises as `Gate.reach` does, and Conflict.
    """
    return await _ended(
        evidence,
        caller,
        await reached_requisition(
            evidence, caller, Right.REQUISITION, requisition_id, reason, AuditAction.WITHDRAW_REQUISITION
        ),
        (Right.REQUISITION, AuditAction.WITHDRAW_REQUISITION, RequisitionStatus.WITHDRAWN),
        version,
        reason,
    )


async def retry_export(evidence: Evidence, caller: Caller, requisition_id: str, motive: str) -> Requisition:
    """Order the export of an approved requisition again, where the one before came to nothing.

    Raises as `Gate.reach` does, and Conflict where it is not approved, or its export is under way or there.
    """
    seen = await reached_requisition(evidence, caller, Right.EXPORT, requisition_id, motive)
    order, export = _ordered(evidence, caller, seen, motive)
    events = order_events(caller, order, motive)

    async def keep(tx: Transaction) -> None:
        before = await tx.requisitions.get(seen.id)
        must_be(before, [RequisitionStatus.APPROVED], seen.version)
        await _came_to_nothing(tx, before)
        await tx.exports.add(export, order, caller.principal)
        await tx.requisitions.order(seen.id, export.id)

    await _granted(evidence, caller, Right.EXPORT, events, keep)
    await evidence.orders.advanced(export)
    return await _now(evidence, seen.id)


async def _ended(
    evidence: Evidence,
    caller: Caller,
    seen: Requisition,
    how: tuple[Right, AuditAction, RequisitionStatus],
    version: int,
    reason: str,
) -> Requisition:
    right, action, status = how
    events = requisition_events(caller, action, seen.id, seen.demand, reason)
    freed: list[Hold] = []

    async def keep(tx: Transaction) -> None:
        before = await tx.requisitions.get(seen.id)
        allowed = [RequisitionStatus.WAITING]
        if status is RequisitionStatus.WITHDRAWN:
            allowed.append(RequisitionStatus.APPROVED)
        must_be(before, allowed, version)
        if before.status is RequisitionStatus.APPROVED:
            await _came_to_nothing(tx, before)
        await tx.requisitions.decide(seen.id, status, caller.person.login, evidence.access.now(), reason)
        freed.extend(await released(tx, seen.id))

    await _granted(evidence, caller, right, events, keep)
    await settle(evidence, freed)
    return await _now(evidence, seen.id)


def _ordered(
    evidence: Evidence, caller: Caller, seen: Requisition, motive: str
) -> tuple[ExportOrder, Export]:
    access, demand = evidence.access, seen.demand
    order = ExportOrder(
        id=access.names.new("x"),
        reference=demand.file,
        authority=authority(demand),
        requested_by=caller.person.login,
        cameras=demand.cameras,
        start=demand.start,
        end=demand.end,
        recipient=demand.recipient,
        masks=demand.masks,
        original=demand.original,
    )
    return order, new_export(order, motive, access.now(), seen.id)


async def _came_to_nothing(tx: Transaction, requisition: Requisition) -> None:
    """Return where the last export of a requisition has no package and gets none. Raises Conflict."""
    export = await tx.exports.get(requisition.export)
    if export.progress.status not in _RETRIED:
        raise Conflict(
            why(
                "export-stands",
                "its export is {export_status}: there is nothing to begin again",
                export_status=export.progress.status.value,
            )
        )


async def _surplus(tx: Transaction, seen: Requisition) -> list[Hold]:
    """End the holds of earlier versions that the approved one does not ask for."""
    demand, ended = seen.demand, []
    cameras = {(stream.commune, stream.camera) for stream in demand.streams}
    for hold in await tx.holds.of_requisition(seen.id):
        apart = hold.end <= demand.start or demand.end <= hold.start
        if apart or (hold.commune, hold.camera) not in cameras:
            await tx.holds.advance(hold.id, hold.status, HoldStatus.RELEASING, "")
            ended.append(hold)
    return ended


async def _granted(
    evidence: Evidence,
    caller: Caller,
    right: Right,
    events: list[AuditEvent],
    keep: Doing,
) -> None:
    """Do it with its journal entries; what is refused by the state of things is journaled as refused."""
    gate = evidence.access.gate
    try:
        await gate.grant(caller, right, events, keep)
    except Conflict as error:
        await gate.refuse(error, events)


async def _now(evidence: Evidence, requisition_id: str) -> Requisition:
    async with evidence.access.db.read() as tx:
        return await tx.requisitions.get(requisition_id)
