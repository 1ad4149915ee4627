"""How the register stands, and answers out of it, as the wire has them."""

from control_room.evidence.destructions import Standing
from control_room.evidence.prove_destruction import Answered
from control_room.http.schemas.destructions import (
    DestructionAnswerView,
    FateTotal,
    NewestHead,
    PartView,
    RefusedHead,
    RegisterStanding,
)
from control_room.http.views import why_view
from control_room.journal.entries import said_of
from control_room.model.journal import JournalEntry
from control_room.model.ledger import KeptHead
from control_room.model.times import utc_from_ns
from shared.evidence.gone import Fate, Part
from shared.utc import instant_of

MOST_PARTS = 500
_NS_PER_S = 1_000_000_000


def standing_view(standing: Standing) -> RegisterStanding:
    newest = standing.newest
    return RegisterStanding(
        now=standing.now,
        newest=None if newest is None else _newest(newest),
        refused=[_refused(entry) for entry in standing.refused],
    )


def answer_view(answered: Answered) -> DestructionAnswerView:
    answer, proven = answered.answer, answered.proven
    return DestructionAnswerView(
        found=answer.found,
        detail=answer.detail,
        proven=answer.proven,
        segments=answer.segments,
        totals=_totals(answer.parts),
        parts=[
            PartView(start=instant_of(one.span.start_ns), end=instant_of(one.span.end_ns), fate=one.fate)
            for one in answer.parts[:MOST_PARTS]
        ],
        parts_total=len(answer.parts),
        head=answer.head,
        at=utc_from_ns(answer.at_ns) if answer.parts else None,
        stream=str(proven.stream),
        fingerprint=answered.fingerprint,
        proof=proven.body.decode(),
        public_key=proven.public_key,
    )


def _totals(parts: tuple[Part, ...]) -> list[FateTotal]:
    sums = {
        fate: sum(one.span.end_ns - one.span.start_ns for one in parts if one.fate is fate) for fate in Fate
    }
    return [FateTotal(fate=fate, seconds=ns / _NS_PER_S) for fate, ns in sums.items() if ns]


def _newest(kept: KeptHead) -> NewestHead:
    head = kept.head.read()
    return NewestHead(
        ledger=kept.ledger,
        number=kept.number,
        digest=kept.head.digest,
        fingerprint=head.fingerprint,
        at=utc_from_ns(head.at_ns),
        began=utc_from_ns(head.began_ns),
        kept_at=kept.kept_at,
    )


def _refused(entry: JournalEntry) -> RefusedHead:
    event = entry.event
    return RefusedHead(at=entry.at, digest=event.resource, detail=event.detail, why=why_view(said_of(event)))
