"""Exports on requisition, for reading: for the legal role."""

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Right
from control_room.evidence.room import Evidence
from control_room.model.evidence import Ending, Export
from control_room.model.paging import Asked, Slice
from shared.errors import NotFound
from shared.messages.storage import ExportStatus

OPEN = frozenset({ExportStatus.QUEUED, ExportStatus.RUNNING})
_SHOWN_CHARS = 40


async def list_exports(evidence: Evidence, caller: Caller, asked: Asked) -> Slice[Export]:
    """Exports that lie wholly in the caller's communes, newest first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_EXPORT, LISTING)
    codes = await gate.territory(caller, Right.SEE_EXPORT)
    async with evidence.access.db.read() as tx:
        return await tx.exports.page(asked, codes)


async def get_export(evidence: Evidence, caller: Caller, export_id: str) -> Export:
    """An export with its progress, asked of storage at this moment. Nothing is kept or ordered by it."""
    export = await reached_export(evidence, caller, Right.SEE_EXPORT, export_id)
    if export.ending is not Ending.NONE:
        return export
    if not export.ordered or export.progress.status not in (*OPEN, ExportStatus.DONE):
        return export
    return await evidence.orders.seen(export)


async def reached_export(
    evidence: Evidence, caller: Caller, right: Right, export_id: str, motive: str = ""
) -> Export:
    """An export that the caller may do this with. Raises as `Gate.reach` does, and NotFound."""
    event = caller.event(right, resource=f"export:{export_id[:_SHOWN_CHARS]}", motive=motive)
    async with evidence.access.db.read() as tx:
        try:
            export = await tx.exports.get(export_id)
        except NotFound:
            export = None
    codes = None if export is None else export.communes
    await evidence.access.gate.reach(caller, right, "export", codes, event)
    if export is None:
        raise no_such("export")
    return export
