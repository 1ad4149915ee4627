"""Exports on requisition, and holds for a procedure: for the legal kind."""

from fastapi import APIRouter

from control_room.http.access import Cursor, Limit, SignedIn
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import Page
from control_room.http.schemas.images import (
    DownloadRequest,
    DownloadTicket,
    ExportView,
    HoldView,
    NewExport,
    NewHold,
)

router = APIRouter(tags=["orders"])


@router.get("/exports", operation_id="listExports", responses=READING)
async def list_exports(caller: SignedIn, cursor: Cursor = None, limit: Limit = 50) -> Page[ExportView]:
    """Exports that lie wholly in the caller's communes, newest first."""
    raise NotImplementedError


@router.post("/exports", operation_id="createExport", status_code=201, responses=WRITING)
async def create_export(caller: SignedIn, body: NewExport) -> ExportView:
    """Order an export. Where storage does not answer it stays `queued`, says why, and is ordered again."""
    raise NotImplementedError


@router.get("/exports/{export_id}", operation_id="getExport", responses=READING_ONE)
async def get_export(caller: SignedIn, export_id: str) -> ExportView:
    """An export with its progress, asked of storage now."""
    raise NotImplementedError


@router.post("/exports/{export_id}/download", operation_id="openDownload", status_code=201, responses=WRITING)
async def open_download(caller: SignedIn, export_id: str, body: DownloadRequest) -> DownloadTicket:
    """A ticket to fetch a finished export. The journal has the communication before the ticket leaves."""
    raise NotImplementedError


@router.get("/holds", operation_id="listHolds", responses=READING)
async def list_holds(caller: SignedIn, cursor: Cursor = None, limit: Limit = 50) -> Page[HoldView]:
    """Holds in the caller's communes, newest first."""
    raise NotImplementedError


@router.post("/holds", operation_id="createHold", status_code=201, responses=WRITING)
async def create_hold(caller: SignedIn, body: NewHold) -> HoldView:
    """Keep a range of a camera's recordings beyond its deadline, for a procedure."""
    raise NotImplementedError


@router.delete("/holds/{hold_id}", operation_id="releaseHold", status_code=204, responses=WRITING)
async def release_hold(caller: SignedIn, hold_id: str) -> None:
    """End a hold: what is past its deadline is deleted soon after."""
    raise NotImplementedError
