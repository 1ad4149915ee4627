"""How an event becomes an entry of the chain (`shared.evidence.journal_chain`), and how the chain stands."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from control_room.model.journal import AuditEvent, JournalEntry
from shared.evidence.journal_chain import GENESIS, Line, line_hash
from shared.reasons import Reason

__all__ = ["GENESIS", "Doubt", "Verification", "entry_hash", "follow", "line_of", "told_at"]


class Doubt(StrEnum):
    """What a chain cannot tell of itself, however well it holds."""

    CUT_END = "cut-end"
    """Entries cut off at its end, with the heads of them, leave no trace in the rest: only a head that was
    kept elsewhere shows them."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a chain holds. `broken_at` is the first entry that does not fit, `head` the last hash.

    `erased` entries before the first are gone, since their time was over; `signed` entries are those of the
    newest signed head, of `signed_at`. `doubt` remains in any case, and is said to whoever reads the result.
    """

    intact: bool
    entries: int
    head: str
    broken_at: int | None = None
    reason: Reason | None = None
    erased: int = 0
    signed: int = 0
    signed_at: datetime | None = None
    doubt: Doubt = Doubt.CUT_END


def told_at(at: datetime) -> str:
    """An instant as it is hashed."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")


def entry_hash(seq: int, at: datetime, event: AuditEvent, previous: str) -> str:
    """The hash of an entry."""
    return line_hash(seq, told_at(at), asdict(event), previous)


def follow(seq: int, at: datetime, event: AuditEvent, previous: str) -> JournalEntry:
    """The entry of an event behind the entry whose hash is `previous`."""
    return JournalEntry(seq, at, event, previous, entry_hash(seq, at, event, previous))


def line_of(entry: JournalEntry) -> Line:
    """An entry as it is checked."""
    return Line(entry.seq, told_at(entry.at), asdict(entry.event), entry.previous, entry.hash)
