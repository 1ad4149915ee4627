"""Handing a finished export over."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.exports import OPEN, reached_export
from control_room.evidence.room import Evidence
from control_room.model.evidence import Ending, Export
from control_room.model.journal import AuditEvent, Outcome
from shared.errors import Conflict
from shared.ids import StreamId
from shared.messages.storage import ExportStatus
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Download:
    """Where the package is fetched, the ticket being in the address already, and until when."""

    ticket: str
    url: str
    until: datetime


async def open_download(evidence: Evidence, caller: Caller, export_id: str, motive: str) -> Download:
    """A ticket to fetch an export. Raises Conflict where it is not done, and as `reached_export` does."""
    access = evidence.access
    export = await reached_export(evidence, caller, Right.DOWNLOAD, export_id, motive)
    if export.progress.status in OPEN:
        export = await evidence.orders.advanced(export)
    if export.progress.status is not ExportStatus.DONE or export.ending is not Ending.NONE:
        raise Conflict(
            why(
                "export-not-done",
                "the export is {export_status}: there is nothing to fetch",
                export_status=export.progress.status.value,
            )
        )
    async with access.db.read() as tx:
        order, _ = await tx.exports.order(export_id)
    events = [_event(caller, export, StreamId.parse(camera.stream), motive) for camera in order.cameras]
    issued = access.ticketing.download(await access.gate.grant(caller, Right.DOWNLOAD, events))
    url = f"{evidence.storage_url}/exports/{export.id}/package?ticket={issued.token}"
    return Download(issued.token, url, issued.until)


def _event(caller: Caller, export: Export, stream: StreamId, motive: str) -> AuditEvent:
    return caller.event(
        Right.DOWNLOAD,
        Outcome.GRANTED,
        commune=stream.commune,
        camera=stream.camera,
        resource=f"export:{export.id}",
        detail=why(
            "export-fetched",
            "{reference}; {authority}",
            reference=export.reference,
            authority=export.authority,
        ),
        motive=motive,
    )
