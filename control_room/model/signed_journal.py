"""The signed heads of the journal, as values."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.evidence.journal_chain import BEGINNING, Start
from shared.evidence.journal_head import FIRST_PREVIOUS, JournalHead, SignedJournalHead
from shared.evidence.merkle import Frontier
from shared.evidence.signature import EvidenceKey
from shared.utc import ns_of


@dataclass(frozen=True, slots=True)
class Past:
    """The journal's name, what stands for its erased entries, and the time that erasing believes in."""

    journal: str
    start: Start = BEGINNING
    trusted: datetime | None = None

    def after(self, start: Start) -> "Past":
        """With more of it erased."""
        return replace(self, start=start)


@dataclass(frozen=True, slots=True)
class KeptJournalHead:
    """A head as it is kept: what it says, its very text, and the tree that it has the root of."""

    head: JournalHead
    signed: SignedJournalHead
    tree: Frontier

    @property
    def reached(self) -> Start:
        """From where entries behind it are checked."""
        return Start(self.tree, self.head.last)


def next_head(
    journal: str, before: KeptJournalHead | None, reached: Start, at: datetime, key: EvidenceKey
) -> KeptJournalHead:
    """The head of a journal that has come to `reached`, signed.

    Its time is that of the head before where the clock went back: heads and their times grow together.
    """
    head = JournalHead(
        journal=journal,
        number=1 if before is None else before.head.number + 1,
        at_ns=ns_of(at) if before is None else max(ns_of(at), before.head.at_ns),
        size=reached.tree.size,
        root=reached.tree.root.hex(),
        last=reached.last,
        previous=FIRST_PREVIOUS if before is None else before.signed.digest,
        fingerprint=key.public.fingerprint,
    )
    return KeptJournalHead(head, head.signed(key), reached.tree)
