"""The journal, for reading."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING
from control_room.http.schemas.common import CommuneCode, Instant, Page
from control_room.http.schemas.images import JournalEntryView, JournalHeadView, JournalVerification
from control_room.http.views import entry_view, journal_head_view, page, verification_view
from control_room.journal import extract as extracting
from control_room.journal import read_entries as reading
from control_room.model.journal import Filter

router = APIRouter(prefix="/journal", tags=["journal"])
_LINES = "application/jsonl"
_EXTRACT: dict[int | str, dict[str, object]] = {
    200: {
        "description": "One JSON object a line: `beffroi verify journal` reads it.",
        "content": {_LINES: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("", operation_id="listJournal", responses=READING)
async def list_journal(
    rooms: TheRooms,
    caller: SignedIn,
    asked: AskedPage,
    camera: Annotated[str | None, Query(max_length=40)] = None,
    person: Annotated[str | None, Query(max_length=40)] = None,
    commune: CommuneCode | None = None,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
) -> Page[JournalEntryView]:
    """Entries, newest first: all for an administrator, those of their own communes for a commune's people."""
    wanted = Filter(None, camera, person, start, end)
    return page(await reading.read_entries(rooms.access, caller, asked, wanted, commune), entry_view)


@router.get("/verification", operation_id="verifyJournal", responses=READING)
async def verify_journal(rooms: TheRooms, caller: SignedIn) -> JournalVerification:
    """Check the whole chain of hashes, and its signed heads."""
    return verification_view(await reading.verify_journal(rooms.journal, caller))


@router.get("/heads", operation_id="listJournalHeads", responses=READING)
async def list_journal_heads(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[JournalHeadView]:
    """Signed heads of the journal, the newest first: whoever keeps one shows later what was done to it."""
    return page(await extracting.list_heads(rooms.journal, caller, asked), journal_head_view)


@router.get(
    "/extract", operation_id="extractJournal", responses=READING | _EXTRACT, response_class=StreamingResponse
)
async def extract_journal(rooms: TheRooms, caller: SignedIn) -> StreamingResponse:
    """The whole journal as a file. The journal has it before."""
    lines = await extracting.open_extract(rooms.journal, caller)
    named = {"content-disposition": 'attachment; filename="journal.jsonl"'}
    return StreamingResponse(lines, media_type=_LINES, headers=named)
