"""The journal's chain of hashes. Pure, so that an extract can be checked without the service."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from control_room.model.journal import AuditEvent, JournalEntry
from shared.reasons import Reason, why

GENESIS = "0" * 64


class Doubt(StrEnum):
    """What a chain cannot tell of itself, however well it holds."""

    CUT_END = "cut-end"
    """Entries cut off at its end leave no trace in the rest: only a head noted elsewhere shows them."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a chain holds. `broken_at` is the first entry that does not fit, `head` the last hash.

    `doubt` remains in any case, and is said to whoever reads the result.
    """

    intact: bool
    entries: int
    head: str
    broken_at: int | None = None
    reason: Reason | None = None
    doubt: Doubt = Doubt.CUT_END


def entry_hash(seq: int, at: datetime, event: AuditEvent, previous: str) -> str:
    """SHA-256 over the canonical JSON of an entry and the hash of the one before."""
    told = asdict(event)
    if not event.why:
        # Entries written before there were codes have no such member.
        del told["why"]
    content = {
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "deed": told,
        "previous": previous,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def follow(seq: int, at: datetime, event: AuditEvent, previous: str) -> JournalEntry:
    """The entry of an event behind the entry whose hash is `previous`."""
    return JournalEntry(seq, at, event, previous, entry_hash(seq, at, event, previous))


class Chain:
    """Checks entries one by one, in order, from the first."""

    def __init__(self) -> None:
        self._seq = 0
        self._head = GENESIS
        self._broken: tuple[int, Reason] | None = None

    def add(self, entries: Iterable[JournalEntry]) -> None:
        """Check further entries."""
        for entry in entries:
            if self._broken is None:
                self._broken = self._fault(entry)
            self._seq, self._head = entry.seq, entry.hash

    def end(self, seq: int, head: str) -> Verification:
        """The result, where the journal is known to end with entry `seq` of hash `head`."""
        broken = self._broken
        if broken is None and (self._seq, self._head) != (seq, head):
            broken = (
                min(self._seq, seq) + 1,
                why(
                    "journal-end", "the journal ends at entry {last}, not at {told}", last=self._seq, told=seq
                ),
            )
        if broken is None:
            return Verification(True, seq, head)
        return Verification(False, self._seq, self._head, broken[0], broken[1])

    def _fault(self, entry: JournalEntry) -> tuple[int, Reason] | None:
        expected = self._seq + 1
        if entry.seq != expected:
            return expected, why("entry-missing", "entry {entry} is missing", entry=expected)
        if entry.previous != self._head:
            return entry.seq, why(
                "entry-out-of-line", "entry {entry} does not follow the one before", entry=entry.seq
            )
        if entry.hash != entry_hash(entry.seq, entry.at, entry.event, entry.previous):
            return entry.seq, why("entry-altered", "entry {entry} was altered", entry=entry.seq)
        return None
