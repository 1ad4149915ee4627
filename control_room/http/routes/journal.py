"""The journal, for reading."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING
from control_room.http.schemas.common import CommuneCode, Instant, Page
from control_room.http.schemas.images import JournalEntryView, JournalVerification
from control_room.http.views import entry_view, page, verification_view
from control_room.journal import read_entries as reading
from control_room.model.journal import Filter

router = APIRouter(prefix="/journal", tags=["journal"])


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
    """Check the whole chain of hashes."""
    return verification_view(await reading.verify_journal(rooms.access, caller))
