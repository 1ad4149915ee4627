"""The journal, for reading."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_room.access.rights import LISTING, PLATFORM, Right, communes, decide
from control_room.db.journal import Filter
from control_room.http.access import AskedPage, SignedIn, TheDesk
from control_room.http.problems import READING
from control_room.http.schemas.common import CommuneCode, Instant, Page
from control_room.http.schemas.images import JournalEntryView, JournalVerification
from control_room.http.views import entry_view, page, verification_view

router = APIRouter(prefix="/journal", tags=["journal"])


@router.get("", operation_id="listJournal", responses=READING)
async def list_journal(
    desk: TheDesk,
    caller: SignedIn,
    asked: AskedPage,
    camera: Annotated[str | None, Query(max_length=40)] = None,
    person: Annotated[str | None, Query(max_length=40)] = None,
    commune: CommuneCode | None = None,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
) -> Page[JournalEntryView]:
    """Entries, newest first: all for an administrator, those of their own communes for a commune's people."""
    await desk.gate.require(caller, Right.SEE_JOURNAL, LISTING)
    codes = None
    if commune is not None:
        await desk.gate.require(caller, Right.SEE_JOURNAL, communes(commune))
        codes = frozenset({commune})
    elif not decide(caller.person, Right.SEE_JOURNAL, PLATFORM).allowed:
        codes = await desk.gate.territory(caller, Right.SEE_JOURNAL)
    wanted = Filter(codes, camera, person, start, end)
    async with desk.db.read() as tx:
        return page(await tx.journal.page(asked, wanted), entry_view)


@router.get("/verification", operation_id="verifyJournal", responses=READING)
async def verify_journal(desk: TheDesk, caller: SignedIn) -> JournalVerification:
    """Check the whole chain of hashes."""
    await desk.gate.require(caller, Right.VERIFY_JOURNAL, PLATFORM)
    async with desk.db.read() as tx:
        return verification_view(await tx.journal.verify())
