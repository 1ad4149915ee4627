"""Journals as tests have them: chained, signed, written into a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.evidence.journal_chain import BEGINNING, GENESIS, Line, Start, line_hash
from shared.evidence.journal_file import end_line, entry_line, first_line, head_line
from shared.evidence.journal_head import FIRST_PREVIOUS, JournalHead, SignedJournalHead, journal_leaf
from shared.evidence.merkle import Frontier
from shared.evidence.signature import EvidenceKey
from shared.utc import ns_of

KEY = EvidenceKey(Ed25519PrivateKey.generate())
OTHER_KEY = EvidenceKey(Ed25519PrivateKey.generate())
BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def chained(deeds: Sequence[str], first: int = 1, last: str = GENESIS) -> list[Line]:
    """Entries that say these words, a day apart."""
    lines: list[Line] = []
    for number, word in enumerate(deeds, first):
        at = (BEGAN + number * DAY).isoformat(timespec="microseconds")
        deed = {"action": "live", "motive": word}
        lines.append(Line(number, at, deed, last, line_hash(number, at, deed, last)))
        last = lines[-1].hash
    return lines


def tree_of(lines: Sequence[Line], tree: Frontier | None = None) -> Frontier:
    return (tree or Frontier()).grown(journal_leaf(line.hash) for line in lines)


def head_of(
    lines: Sequence[Line], number: int = 1, key: EvidenceKey = KEY, journal: str = "jrn-1"
) -> SignedJournalHead:
    """A head over entries from the first, signed on the day of the last."""
    tree = tree_of(lines)
    head = JournalHead(
        journal=journal,
        number=number,
        at_ns=ns_of(BEGAN + len(lines) * DAY),
        size=tree.size,
        root=tree.root.hex(),
        last=lines[-1].hash if lines else GENESIS,
        previous=FIRST_PREVIOUS,
        fingerprint=key.public.fingerprint,
    )
    return head.signed(key)


@dataclass
class Extract:
    """A journal's file, to be written after something was done to it."""

    lines: list[Line]
    heads: list[SignedJournalHead] = field(default_factory=list)
    start: Start = BEGINNING
    journal: str = "jrn-1"
    end: tuple[int, str] | None = None

    def text(self) -> list[bytes]:
        last = self.lines[-1] if self.lines else None
        end = self.end or ((last.seq, last.hash) if last else (self.start.tree.size, self.start.last))
        return [
            first_line(self.journal, KEY.public.pem().decode(), self.start),
            *map(head_line, self.heads),
            *map(entry_line, self.lines),
            end_line(*end),
        ]
