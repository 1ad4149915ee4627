"""The register of destructions, for reading: for the legal role and the commune's own people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right, communes
from control_room.db.destructions import Wanted
from control_room.evidence.room import Evidence
from control_room.model.journal import AuditAction, JournalEntry
from control_room.model.ledger import Destructions, KeptHead
from control_room.model.paging import Asked, Slice

REFUSED_WITHIN = timedelta(days=62)
_MOST_REFUSED = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How the register stands: its newest head, None before any, and the journal's entries of heads that were
    refused, the newest first, as far as REFUSED_WITHIN."""

    now: datetime
    newest: KeptHead | None
    refused: tuple[JournalEntry, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Which lines are asked for; None leaves a side open. `first` and `last` are UTC days of capture."""

    commune: str | None = None
    camera: str | None = None
    first: date | None = None
    last: date | None = None


async def list_destructions(
    evidence: Evidence, caller: Caller, asked: Asked, lines: Lines
) -> Slice[Destructions]:
    """Lines of the caller's communes, of the newest day of capture first."""
    gate = evidence.access.gate
    await gate.require(caller, Right.SEE_DESTRUCTION, LISTING)
    if lines.commune is None:
        codes = await gate.territory(caller, Right.SEE_DESTRUCTION)
    else:
        await gate.require(caller, Right.SEE_DESTRUCTION, communes(lines.commune))
        codes = frozenset({lines.commune})
    wanted = Wanted(codes, lines.camera, _named(lines.first), _named(lines.last))
    async with evidence.access.db.read() as tx:
        return await tx.destructions.page(asked, wanted)


async def list_heads(evidence: Evidence, caller: Caller, asked: Asked, ledger: str | None) -> Slice[KeptHead]:
    """Heads of a register as they were kept, the newest first: for whoever checks a proof, or storage."""
    await evidence.access.gate.require(caller, Right.SEE_DESTRUCTION, LISTING)
    async with evidence.access.db.read() as tx:
        return await tx.ledger.heads(asked, ledger)


async def register_standing(evidence: Evidence, caller: Caller) -> Standing:
    """How the register stands, for whoever may read it."""
    await evidence.access.gate.require(caller, Right.SEE_DESTRUCTION, LISTING)
    now = evidence.access.now()
    async with evidence.access.db.read() as tx:
        newest = await tx.ledger.heads(Asked(limit=1), None)
        refused = await tx.journal.refused_to_machines(
            AuditAction.KEEP_LEDGER, now - REFUSED_WITHIN, _MOST_REFUSED
        )
    return Standing(now, next(iter(newest.items), None), tuple(refused))


def _named(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y%m%d}"
