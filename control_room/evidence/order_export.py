"""Ordering an export alone, where the centre allows that; see `approve_requisition` for the usual way."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.export_orders import exported, named_cameras, new_export, order_events
from control_room.evidence.room import Evidence
from control_room.model.evidence import Export
from control_room.model.masks import check_masks
from shared.errors import BadInput, Conflict
from shared.messages.storage import ExportOrder, MaskTrack
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Requisition:
    """What is required, by whom, and the motive of whoever orders it. [start, end) is UTC.

    With `masks` it is a redacted copy, of the export `original` where there is one.
    """

    reference: str
    authority: str
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    motive: str
    masks: tuple[MaskTrack, ...] = ()
    original: str = ""


async def order_export(evidence: Evidence, caller: Caller, wanted: Requisition) -> Export:
    """Order an export. Where storage does not answer it stays queued, says why, and is ordered again.

    Raises Forbidden, Conflict where it takes an approved requisition, and BadInput on an unknown camera or a
    range that reaches into the future.
    """
    access = evidence.access
    await access.gate.require(caller, Right.EXPORT, LISTING)
    cameras = await named_cameras(evidence, caller, Right.EXPORT, wanted.cameras, wanted.motive)
    order = ExportOrder(
        id=access.names.new("x"),
        reference=wanted.reference,
        authority=wanted.authority,
        requested_by=caller.person.login,
        cameras=exported(cameras),
        start=wanted.start,
        end=wanted.end,
        masks=wanted.masks,
        original=wanted.original,
    )
    export = new_export(order, wanted.motive, access.now())
    events = order_events(caller, order, wanted.motive)
    await access.gate.reach(caller, Right.EXPORT, "camera", export.communes, *events)
    if not evidence.rules.direct_exports:
        told = why("export-needs-requisition", "an export takes a requisition that a second person approved")
        await access.gate.refuse(Conflict(told), events)
    if wanted.end > access.now():
        raise BadInput(why("range-in-future", "to: the range must not reach into the future"), "to")
    check_masks(wanted.masks, len(cameras), wanted.start, wanted.end)

    async def keep(tx: Transaction) -> None:
        await tx.exports.add(export, order, caller.principal)

    await access.gate.grant(caller, Right.EXPORT, events, keep)
    return await evidence.orders.advanced(export)
