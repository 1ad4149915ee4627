"""What storage talks to, in the test's hand."""

from dataclasses import dataclass, field

from shared.errors import Conflict, Unavailable
from shared.evidence.ledger import SignedHead
from shared.evidence.ledger_news import LedgerKept, LedgerUpdate
from shared.messages.codec import decode
from shared.messages.storage import HeldReport, HoldOrder, KnownHolds


@dataclass
class HandControl:
    """A control_room that knows the holds the test gives it."""

    active: dict[str, HoldOrder] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    away: bool = False
    utc_ns: int | None = None
    told: HeldReport = field(default_factory=lambda: HeldReport(()))

    async def __call__(self, report: HeldReport) -> KnownHolds:
        if self.away:
            raise Unavailable("control_room is away")
        self.told = report
        ended = tuple(id for id in report.ids if id in self.released)
        return KnownHolds(tuple(self.active.values()), ended)


@dataclass
class HandWitness:
    """A control_room that keeps heads: each once and in order. `tests/contract/test_ledger.py` holds the real
    one to the same."""

    away: bool = False
    kept: dict[str, list[LedgerUpdate]] = field(default_factory=dict)

    async def __call__(self, body: bytes) -> LedgerKept:
        if self.away:
            raise Unavailable("control_room is away")
        update = decode(LedgerUpdate, body)
        head = SignedHead(update.document, update.signature).read()
        mine = self.kept.get(head.ledger, [])
        if head.number <= len(mine) and mine[head.number - 1] != update:
            raise Conflict("the head is not the one that is kept")
        if head.number == len(mine) + 1:
            mine = self.kept.setdefault(head.ledger, [])
            mine.append(update)
        return LedgerKept(head.ledger, len(mine))
