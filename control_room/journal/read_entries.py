"""Reading the journal, and checking it."""

from dataclasses import replace

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, PLATFORM, Right, communes
from control_room.access.room import Access
from control_room.journal.room import JournalRoom
from control_room.model.chain import Verification
from control_room.model.journal import Filter, JournalEntry
from control_room.model.paging import Asked, Slice


async def read_entries(
    access: Access, caller: Caller, asked: Asked, wanted: Filter, commune: str | None
) -> Slice[JournalEntry]:
    """Entries, newest first: all for an administrator, those of their own communes for a commune's people.

    `commune` narrows them to one.
    """
    gate = access.gate
    await gate.require(caller, Right.SEE_JOURNAL, LISTING)
    codes = None
    if commune is not None:
        await gate.require(caller, Right.SEE_JOURNAL, communes(commune))
        codes = frozenset({commune})
    elif not gate.decide(caller, Right.SEE_JOURNAL, PLATFORM).allowed:
        codes = await gate.territory(caller, Right.SEE_JOURNAL)
    async with access.db.read() as tx:
        return await tx.journal.page(asked, replace(wanted, communes=codes))


async def verify_journal(room: JournalRoom, caller: Caller) -> Verification:
    """Check the whole chain of hashes, and its signed heads."""
    await room.access.gate.require(caller, Right.VERIFY_JOURNAL, PLATFORM)
    return await room.check()
