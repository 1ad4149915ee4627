"""Exports on requisition: for the legal kind."""

from contextlib import suppress

from fastapi import APIRouter

from control_room.access.callers import Caller
from control_room.access.gate import no_such
from control_room.access.rights import LISTING, Action
from control_room.desk import Desk
from control_room.http.access import AskedPage, SignedIn, TheDesk
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.images import DownloadRequest, DownloadTicket, ExportView, NewExport
from control_room.http.views import export_view, page
from control_room.model import Camera, Export, Outcome
from shared.errors import BadInput, Conflict, NotFound, Unavailable
from shared.messages.storage import ExportedCamera, ExportOrder, ExportProgress, ExportStatus
from shared.reasons import Reason, why

router = APIRouter(prefix="/exports", tags=["exports"])
_SHOWN_CHARS = 40
_OPEN = (ExportStatus.QUEUED, ExportStatus.RUNNING)


@router.get("", operation_id="listExports", responses=READING)
async def list_exports(desk: TheDesk, caller: SignedIn, asked: AskedPage) -> Page[ExportView]:
    """Exports that lie wholly in the caller's communes, newest first."""
    await desk.gate.require(caller, Action.SEE_EXPORT, LISTING)
    codes = await desk.gate.territory(caller, Action.SEE_EXPORT)
    async with desk.db.read() as tx:
        return page(await tx.exports.page(asked, codes), export_view)


@router.post("", operation_id="createExport", status_code=201, responses=WRITING)
async def create_export(desk: TheDesk, caller: SignedIn, body: NewExport) -> ExportView:
    """Order an export. Where storage does not answer it stays `queued`, says why, and is ordered again."""
    await desk.gate.require(caller, Action.EXPORT, LISTING)
    cameras = await _cameras(desk, caller, body)
    export, order = _new_export(desk, caller, body, cameras)
    deeds = [
        caller.deed(
            Action.EXPORT,
            Outcome.GRANTED,
            commune=camera.commune,
            camera=camera.id,
            resource=f"export:{export.id}",
            detail=_ordered(body),
            motive=body.motive,
        )
        for camera in cameras
    ]
    await desk.gate.reach(caller, Action.EXPORT, "camera", export.communes, *deeds)
    if body.end > desk.now():
        raise BadInput(why("range-in-future", "to: the range must not reach into the future"), "to")
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, *deeds)
        await tx.exports.add(export, order, caller.behalf)
    return export_view(await _advanced(desk, export))


@router.get("/{export_id}", operation_id="getExport", responses=READING_ONE)
async def get_export(desk: TheDesk, caller: SignedIn, export_id: str) -> ExportView:
    """An export with its progress, asked of storage now."""
    export = await _allowed(desk, caller, Action.SEE_EXPORT, export_id)
    if export.progress.status in (*_OPEN, ExportStatus.DONE):
        export = await _advanced(desk, export)
    return export_view(export)


@router.post("/{export_id}/download", operation_id="openDownload", status_code=201, responses=WRITING)
async def open_download(
    desk: TheDesk, caller: SignedIn, export_id: str, body: DownloadRequest
) -> DownloadTicket:
    """A ticket to fetch a finished export. The journal has the communication before the ticket leaves."""
    export = await _allowed(desk, caller, Action.DOWNLOAD, export_id, body.motive)
    if export.progress.status in _OPEN:
        export = await _advanced(desk, export)
    if export.progress.status is not ExportStatus.DONE:
        raise Conflict(
            why(
                "export-not-done",
                "the export is {export_status}: there is nothing to fetch",
                export_status=export.progress.status.value,
            )
        )
    async with desk.db.read() as tx:
        order, _ = await tx.exports.order(export_id)
    deeds = [
        caller.deed(
            Action.DOWNLOAD,
            Outcome.GRANTED,
            commune=camera.stream.partition("/")[0],
            camera=camera.stream.split("/")[1],
            resource=f"export:{export.id}",
            detail=why(
                "export-fetched",
                "{reference}; {authority}",
                reference=export.reference,
                authority=export.authority,
            ),
            motive=body.motive,
        )
        for camera in order.cameras
    ]
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, *deeds)
    desk.counters.tickets.labels(Action.DOWNLOAD).inc()
    issued = desk.ticketing.download(export.id, caller)
    url = f"{desk.storage_url}/exports/{export.id}/package?ticket={issued.token}"
    return DownloadTicket(ticket=issued.token, url=url, until=issued.until)


def _ordered(body: NewExport) -> Reason:
    return why(
        "export-ordered",
        "{start} to {end}; {reference}; {authority}",
        start=body.start.isoformat(),
        end=body.end.isoformat(),
        reference=body.reference,
        authority=body.authority,
    )


async def _cameras(desk: Desk, caller: Caller, body: NewExport) -> list[Camera]:
    wanted = list(dict.fromkeys(body.cameras))
    async with desk.db.read() as tx:
        found = {camera.id: camera for camera in await tx.cameras.named(wanted)}
    if len(found) < len(wanted):
        await desk.gate.reach(
            caller, Action.EXPORT, "camera", None, caller.deed(Action.EXPORT, motive=body.motive)
        )
        raise BadInput(why("camera-unknown", "one of the cameras is unknown"), "cameras")
    return [found[camera_id] for camera_id in wanted]


def _new_export(
    desk: Desk, caller: Caller, body: NewExport, cameras: list[Camera]
) -> tuple[Export, ExportOrder]:
    export_id = desk.names.new("x")
    order = ExportOrder(
        id=export_id,
        reference=body.reference,
        authority=body.authority,
        requested_by=caller.person.login,
        cameras=tuple(
            ExportedCamera(
                str(camera.stream),
                camera.name,
                camera.place,
                camera.authorisation.number if camera.authorisation else "",
            )
            for camera in cameras
        ),
        start=body.start,
        end=body.end,
    )
    export = Export(
        id=export_id,
        reference=body.reference,
        authority=body.authority,
        motive=body.motive,
        requested_by=caller.person.login,
        requested_at=desk.now(),
        communes=frozenset(camera.commune for camera in cameras),
        cameras=tuple(camera.id for camera in cameras),
        start=body.start,
        end=body.end,
        ordered=False,
        progress=ExportProgress(export_id, ExportStatus.QUEUED, 0.0),
    )
    return export, order


async def _allowed(desk: Desk, caller: Caller, action: Action, export_id: str, motive: str = "") -> Export:
    deed = caller.deed(action, resource=f"export:{export_id[:_SHOWN_CHARS]}", motive=motive)
    async with desk.db.read() as tx:
        try:
            export = await tx.exports.get(export_id)
        except NotFound:
            export = None
    await desk.gate.reach(caller, action, "export", None if export is None else export.communes, deed)
    if export is None:
        raise no_such("export")
    return export


async def _advanced(desk: Desk, export: Export) -> Export:
    """The export as storage tells it now, or as it stands with the reason where storage is silent."""
    with suppress(Unavailable):
        return await desk.orders.advance(export)
    async with desk.db.read() as tx:
        return await tx.exports.get(export.id)
