"""What the journal holds, as values."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.reasons import Reason, kept


class Outcome(StrEnum):
    """How what the journal tells of ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something to write into the journal: who, what, on what, why, and how it ended.

    `why` is the reason behind `detail` as `Reason.kept` writes it, empty where `detail` is a mere name.
    """

    action: str
    outcome: Outcome
    who: str = ""
    login: str = ""
    kind: str = ""
    session: str = ""
    client: str = ""
    commune: str = ""
    camera: str = ""
    resource: str = ""
    detail: str = ""
    motive: str = ""
    why: str = ""

    def telling(self, detail: str | Reason, outcome: Outcome) -> "AuditEvent":
        """The same with another ending, and what is to be said of it."""
        return replace(self, outcome=outcome, detail=str(detail), why=kept(detail))


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An event in the journal. `hash` covers all of it and `previous`, the hash of the row before."""

    seq: int
    at: datetime
    event: AuditEvent
    previous: str
    hash: str
