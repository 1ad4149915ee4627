"""The whole journal as a file that `beffroi verify journal` checks offline."""

from collections.abc import AsyncIterator

from control_room.access.callers import Caller
from control_room.access.rights import PLATFORM, Right
from control_room.journal.room import JournalRoom
from control_room.model.journal import Outcome
from control_room.model.paging import Asked, Slice
from control_room.model.signed_journal import KeptJournalHead
from shared.evidence.journal_chain import Start
from shared.evidence.journal_file import end_line, entry_line, first_line, head_line
from shared.reasons import why


async def list_heads(room: JournalRoom, caller: Caller, asked: Asked) -> Slice[KeptJournalHead]:
    """Signed heads, newest first."""
    await room.access.gate.require(caller, Right.VERIFY_JOURNAL, PLATFORM)
    async with room.access.db.read() as tx:
        return await tx.journal_heads.page(asked)


async def open_extract(room: JournalRoom, caller: Caller) -> AsyncIterator[bytes]:
    """The lines of the file, some thousand at a time. That it was asked for is in the journal before."""
    event = caller.event(
        Right.VERIFY_JOURNAL,
        Outcome.GRANTED,
        resource="journal",
        detail=why("journal-extract", "the whole journal, as a file"),
    )
    await room.access.gate.require(caller, Right.VERIFY_JOURNAL, PLATFORM, event)
    await room.access.gate.grant(caller, Right.VERIFY_JOURNAL, [event])
    return extract_lines(room)


async def extract_lines(room: JournalRoom) -> AsyncIterator[bytes]:
    async with room.access.db.snapshot() as tx:
        seq, last = await tx.journal.end()
        past = await tx.journal_heads.past()
        start = Start() if past is None else past.start
        yield first_line("" if past is None else past.journal, room.public_key, start)
        for head in await tx.journal_heads.ends(start.tree.size):
            yield head_line(head.signed)
        async for lines in tx.journal.lines(start.tree.size):
            yield b"".join(map(entry_line, lines))
        yield end_line(seq, last)
