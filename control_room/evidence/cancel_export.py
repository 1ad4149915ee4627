"""Ending an export that is under way, or a package that was made for nothing."""

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.db.transaction import Transaction
from control_room.evidence.exports import reached_export
from control_room.evidence.room import Evidence
from control_room.model.evidence import Ending, Export
from control_room.model.journal import AuditAction, Outcome
from shared.errors import Conflict
from shared.reasons import why


async def cancel_export(evidence: Evidence, caller: Caller, export_id: str, motive: str) -> Export:
    """End an export. Where storage does not answer it is ended as soon as it does.

    Raises as `reached_export` does, and Conflict where there is nothing to end.
    """
    access = evidence.access
    export = await reached_export(evidence, caller, Right.EXPORT, export_id, motive)
    event = caller.event(
        AuditAction.CANCEL_EXPORT,
        Outcome.GRANTED,
        commune=next(iter(export.communes)) if len(export.communes) == 1 else "",
        resource=f"export:{export.id}",
        detail=why("export-ended", "{reference}", reference=export.reference),
        motive=motive,
    )

    async def keep(tx: Transaction) -> None:
        now = await tx.exports.get(export.id)
        if not await tx.exports.end(export.id, Ending.CANCELLED):
            raise Conflict(
                why(
                    "export-over",
                    "the export is {export_status}: there is nothing to cancel",
                    export_status=now.progress.status.value,
                )
            )

    try:
        await access.gate.grant(caller, Right.EXPORT, [event], keep)
    except Conflict as error:
        await access.gate.refuse(error, [event])
    async with access.db.read() as tx:
        return await evidence.orders.advanced(await tx.exports.get(export.id))
