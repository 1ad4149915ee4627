"""Exports on requisition: for the legal kind."""

from fastapi import APIRouter

from control_room.evidence import cancel_export as cancelling
from control_room.evidence import exports as reading
from control_room.evidence import open_download as downloading
from control_room.evidence import order_export as ordering
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.desk import Act
from control_room.http.schemas.images import DownloadRequest, DownloadTicket, ExportView, NewExport
from control_room.http.schemas.masks import tracks
from control_room.http.views import export_view, page

router = APIRouter(prefix="/exports", tags=["exports"])


@router.get("", operation_id="listExports", responses=READING)
async def list_exports(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[ExportView]:
    """Exports that lie wholly in the caller's communes, newest first."""
    return page(await reading.list_exports(rooms.evidence, caller, asked), export_view)


@router.post("", operation_id="createExport", status_code=201, responses=WRITING)
async def create_export(rooms: TheRooms, caller: SignedIn, body: NewExport) -> ExportView:
    """Order an export. Where storage does not answer it stays `queued`, says why, and is ordered again."""
    wanted = ordering.Requisition(
        body.reference,
        body.authority,
        tuple(body.cameras),
        body.start,
        body.end,
        body.motive,
        tracks(body.masks),
        body.original or "",
    )
    return export_view(await ordering.order_export(rooms.evidence, caller, wanted))


@router.get("/{export_id}", operation_id="getExport", responses=READING_ONE)
async def get_export(rooms: TheRooms, caller: SignedIn, export_id: str) -> ExportView:
    """An export with its progress, asked of storage now."""
    return export_view(await reading.get_export(rooms.evidence, caller, export_id))


@router.post("/{export_id}/download", operation_id="openDownload", status_code=201, responses=WRITING)
async def open_download(
    rooms: TheRooms, caller: SignedIn, export_id: str, body: DownloadRequest
) -> DownloadTicket:
    """A ticket to fetch a finished export. The journal has the communication before the ticket leaves."""
    opened = await downloading.open_download(rooms.evidence, caller, export_id, body.motive)
    return DownloadTicket(ticket=opened.ticket, url=opened.url, until=opened.until)


@router.post("/{export_id}/cancel", operation_id="cancelExport", responses=WRITING)
async def cancel_export(rooms: TheRooms, caller: SignedIn, export_id: str, body: Act) -> ExportView:
    """End an export for good: what was made of it is destroyed."""
    return export_view(await cancelling.cancel_export(rooms.evidence, caller, export_id, body.motive))
