"""Handing a package over against a signed receipt, and the register of what was handed over."""

from dataclasses import dataclass

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.evidence.requisitions import (
    must_be,
    reached_requisition,
    released,
    requisition_events,
    settle,
)
from control_room.evidence.room import Evidence
from control_room.model.evidence import Ending, Export
from control_room.model.paging import Asked, Slice
from control_room.model.requisitions import Delivery, Officer, Requisition, RequisitionStatus
from shared.errors import BeffroiError, Conflict
from shared.messages.desk import HandOver
from shared.messages.storage import ExportStatus
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom a package is given, on what medium, and the motive or remark of who gives it."""

    recipient: Officer
    medium: str
    motive: str


async def deliver(evidence: Evidence, caller: Caller, requisition_id: str, given: Handing) -> Delivery:
    """Hand the package of a requisition over: the receipt is signed, and its line is in the register.

    The journal has the hand-over before it is signed. Raises as `Gate.reach` does, Conflict where there is no
    package, and Unavailable where storage, which signs, does not answer: nothing is handed over then.
    """
    access = evidence.access
    found = await reached_requisition(evidence, caller, Right.DELIVER, requisition_id, given.motive)
    events = requisition_events(caller, Right.DELIVER, found.id, found.demand, given.motive)
    grant = await access.gate.grant(caller, Right.DELIVER, events)
    try:
        must_be(found, [RequisitionStatus.APPROVED])
        export = await _made(evidence, found)
        now = access.now()
        receipt = await evidence.storage.sign_receipt(
            HandOver(
                export=export.id,
                requisition=found.id,
                file=found.demand.file,
                article=found.demand.article,
                name=given.recipient.name,
                capacity=given.recipient.capacity.value,
                service=given.recipient.service,
                medium=given.medium,
                at=now,
                by=caller.person.login,
            ),
            grant.caller.principal,
        )
        line = Delivery(
            found.id,
            export.id,
            found.demand.file,
            found.demand.article,
            tuple(camera.name for camera in found.demand.cameras),
            found.demand.start,
            found.demand.end,
            given.recipient,
            given.medium,
            now,
            caller.person.login,
            export.progress.sha256,
            receipt,
            export.masks,
            export.original,
            export.original_sha256,
        )
        async with access.db.write() as tx:
            must_be(await tx.requisitions.get(found.id), [RequisitionStatus.APPROVED])
            await tx.requisitions.hand_over(line)
            await tx.requisitions.advance(found.id, RequisitionStatus.DELIVERED)
            freed = await released(tx, found.id)
    except BeffroiError as error:
        await access.gate.refuse(error, events)
        raise
    await settle(evidence, freed)
    return line


async def get_receipt(evidence: Evidence, caller: Caller, requisition_id: str) -> Delivery:
    """The line of a requisition in the register, with its signed receipt. Raises NotFound."""
    await reached_requisition(evidence, caller, Right.SEE_REQUISITION, requisition_id)
    async with evidence.access.db.read() as tx:
        return await tx.requisitions.delivery(requisition_id)


async def list_transmissions(evidence: Evidence, caller: Caller, asked: Asked) -> Slice[Delivery]:
    """The register of transmissions of the caller's communes, newest first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_REGISTER, LISTING)
    codes = await gate.territory(caller, Right.SEE_REGISTER)
    async with evidence.access.db.read() as tx:
        return await tx.requisitions.register(asked, codes)


async def _made(evidence: Evidence, found: Requisition) -> Export:
    """The finished export of a requisition. Raises Conflict."""
    async with evidence.access.db.read() as tx:
        export = await tx.exports.get(found.export)
    export = await evidence.orders.advanced(export) if export.ending is Ending.NONE else export
    if export.progress.status is not ExportStatus.DONE or export.ending is not Ending.NONE:
        raise Conflict(
            why(
                "export-not-done",
                "the export is {export_status}: there is nothing to fetch",
                export_status=export.progress.status.value,
            )
        )
    return export
