"""Checks the whole journal, in a process of its own: a million entries take longer than any request may wait.

`python -m control_room.journal.check` reads a `Checking` as JSON, one line, and writes a `Verification`.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass

from control_room.db.engine import Database
from control_room.model.chain import Verification
from control_room.model.signed_journal import KeptJournalHead
from control_room.model.times import utc_from_ns
from shared.errors import BeffroiError
from shared.evidence.journal_chain import Fault, FaultKind, JournalChain, Start
from shared.evidence.journal_head import JournalHead
from shared.evidence.signature import EvidencePublicKey
from shared.messages.codec import decode, encode
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Checking:
    """Which database, and whose signature (PEM) its heads have to have."""

    database_url: str
    public_key: str


async def checked(db: Database, key: EvidencePublicKey) -> Verification:
    """How the journal stands: entries against each other, against every head that is kept, and its end.

    The newest head, and the one of what was erased, have to be signed with `key`. Raises Unavailable.
    """
    async with db.snapshot() as tx:
        seq, last = await tx.journal.end()
        past = await tx.journal_heads.past()
        start = Start() if past is None else past.start
        heads = await tx.journal_heads.ends(start.tree.size)
        chain = JournalChain(start, [one.head for one in heads])
        unsigned = next((_unsigned(one) for one in heads if not one.signed.is_signed_with(key)), None)
        if unsigned is None:
            async for lines in tx.journal.lines(start.tree.size):
                chain.add(lines)
        fault = unsigned or chain.end(seq, last)
    return _verification(fault, chain.met, start, (seq, last))


async def run(checking: Checking) -> Verification:
    """The same of a database that is opened for it."""
    db = Database(checking.database_url)
    try:
        return await checked(db, EvidencePublicKey.from_pem(checking.public_key.encode()))
    finally:
        await db.close()


def _unsigned(kept: KeptJournalHead) -> Fault:
    number = kept.head.number
    told = why(
        "journal-head-unsigned", "the head {number} of the journal is not signed with its key", number=number
    )
    return Fault(FaultKind.REWRITTEN, kept.head.size, told)


def _verification(
    fault: Fault | None, met: JournalHead | None, start: Start, end: tuple[int, str]
) -> Verification:
    seq, last = end
    return Verification(
        intact=fault is None,
        entries=seq,
        head=last,
        broken_at=None if fault is None else fault.entry,
        reason=None if fault is None else fault.reason,
        erased=start.tree.size,
        signed=0 if met is None else met.size,
        signed_at=None if met is None else utc_from_ns(met.at_ns),
    )


def main() -> int:
    """Check what standard input names."""
    asked = decode(Checking, sys.stdin.buffer.readline())
    try:
        found = asyncio.run(run(asked))
    except BeffroiError as error:
        print(error.detail, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(encode(found))
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
