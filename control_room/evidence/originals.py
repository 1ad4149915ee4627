"""The export that a redacted copy says it is one of: it is there, of the same range, not redacted itself."""

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.exports import reached_export
from control_room.evidence.room import Evidence
from control_room.model.evidence import Ending
from control_room.model.requisitions import Demand
from shared.errors import BadInput
from shared.messages.storage import ExportStatus
from shared.reasons import why


async def check_original(evidence: Evidence, caller: Caller, demand: Demand) -> None:
    """Return where a demand names no original, or one that its copy can be of. Storage compares the pictures.

    Raises as `reached_export` does, and BadInput at `original`.
    """
    if not demand.original:
        return
    export = await reached_export(evidence, caller, Right.SEE_EXPORT, demand.original)
    async with evidence.access.db.read() as tx:
        order, _ = await tx.exports.order(export.id)
    made = export.progress.status is ExportStatus.DONE and export.ending is Ending.NONE
    same = (order.start, order.end) == (demand.start, demand.end) and {
        camera.stream for camera in demand.cameras
    } <= {camera.stream for camera in order.cameras}
    if not made or not same or order.masks or order.recipient:
        raise BadInput(
            why(
                "redaction-not-its-original",
                "export {id} cannot be the original: it is not of this camera and range, not done, encrypted"
                " or redacted itself",
                id=export.id,
            ),
            "original",
        )
