"""The journal, for reading."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_room.http.access import Cursor, Limit, SignedIn
from control_room.http.problems import READING
from control_room.http.schemas.common import CommuneCode, Instant, Page
from control_room.http.schemas.images import JournalEntryView, JournalVerification

router = APIRouter(prefix="/journal", tags=["journal"])


@router.get("", operation_id="listJournal", responses=READING)
async def list_journal(
    caller: SignedIn,
    camera: Annotated[str | None, Query(max_length=40)] = None,
    person: Annotated[str | None, Query(max_length=40)] = None,
    commune: CommuneCode | None = None,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[JournalEntryView]:
    """Entries, newest first: all for an administrator, those of their own communes for a commune's people."""
    raise NotImplementedError


@router.get("/verification", operation_id="verifyJournal", responses=READING)
async def verify_journal(caller: SignedIn) -> JournalVerification:
    """Check the whole chain of hashes."""
    raise NotImplementedError
