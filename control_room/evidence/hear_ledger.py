"""What storage signs of its register of captures and destructions, followed and kept."""

from control_room.db.transaction import Transaction
from control_room.evidence.room import Evidence
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.ledger import (
    Kept,
    Watched,
    check_follows,
    check_root,
    kept_after,
    lines_of,
    rewritten,
)
from shared.errors import BadInput, BeffroiError, Conflict
from shared.evidence.destruction_proof import day_at
from shared.evidence.ledger import Ground, Head, SignedHead, day_of, root_of_days
from shared.evidence.ledger_news import CameraDayNews, LedgerKept, LedgerUpdate
from shared.evidence.signature import EvidencePublicKey
from shared.ids import StreamId
from shared.log import get_logger
from shared.reasons import why


async def hear_ledger(evidence: Evidence, update: LedgerUpdate) -> LedgerKept:
    """Keep a head that follows the one kept and is that of all that was told; the answer is the newest kept.

    One that is kept already, or comes too early, changes nothing. Raises BadInput on what is no head, and
    Conflict on one that storage would rewrite the register with: the journal has that.
    """
    watch, signed = evidence.ledger, SignedHead(update.document, update.signature)
    async with watch.turn:
        try:
            return await _heard(evidence, update, signed)
        except Conflict as error:
            if watch.refused != signed.digest:
                await _journal_refusal(evidence, signed, error)
                watch.refused = signed.digest
            raise


async def _heard(evidence: Evidence, update: LedgerUpdate, signed: SignedHead) -> LedgerKept:
    key = EvidencePublicKey.from_pem(update.public_key.encode())
    if not signed.is_signed_with(key):
        raise BadInput(why("ledger-impossible", "the register tells what cannot be"))
    head = signed.read()
    now = evidence.access.now()
    async with evidence.access.db.write() as tx:
        kept = await tx.ledger.kept(head.ledger)
        if kept is None:
            if head.number != 1:
                return LedgerKept(head.ledger, 0)
            kept = Kept(head.ledger, update.public_key, head.began_ns)
            await tx.ledger.begin(kept)
            await tx.journal.write(now, _begun(head))
        if kept.public_key != update.public_key:
            raise Conflict(
                why("ledger-other-key", "the register is signed with another key than it began with")
            )
        if head.number <= kept.number:
            if await tx.ledger.digest(head.ledger, head.number) != signed.digest:
                raise rewritten()
            return LedgerKept(head.ledger, kept.number)
        if head.number > kept.number + 1:
            return LedgerKept(head.ledger, kept.number)
        check_follows(head, kept)
        over = await _follow(tx, head, update)
        await tx.ledger.keep(kept_after(kept, head, signed), signed, now)
        events = [_gone(one) for one in over]
        events += [_departed(one, count) for one in update.news if (count := _left(one))]
        if day_at(head.at_ns) != day_at(kept.at_ns):
            events.append(_of_the_day(head, signed))
        await tx.journal.write(now, *events)
    return LedgerKept(head.ledger, head.number)


async def _follow(tx: Transaction, head: Head, update: LedgerUpdate) -> list[Watched]:
    """Let the trees grow and compare; those of which nothing is left, and something was before."""
    if len({(one.stream, one.day) for one in update.news}) < len(update.news):
        raise BadInput(why("ledger-impossible", "the register tells what cannot be"))
    over: list[Watched] = []
    for one in update.news:
        StreamId.parse(one.stream)
        before = await tx.ledger.watched(head.ledger, one.stream, one.day)
        after = before.grown(one)
        await tx.ledger.watch(head.ledger, after)
        if one.ends and after.is_over(day_at(head.at_ns)):
            over.append(after)
    for day in sorted({one.day for one in update.news}):
        cameras = [one.camera_day for one in await tx.ledger.cameras(head.ledger, day)]
        await tx.ledger.put_day(head.ledger, day_of(day, cameras))
    days = await tx.ledger.days(head.ledger)
    check_root(head, days, root_of_days(days))
    for line in lines_of(update.news):
        await tx.destructions.add(line)
    return over


def _begun(head: Head) -> AuditEvent:
    return _event().telling(
        why("ledger-begun", "a register of captures and destructions begins: {id}", id=head.ledger),
        Outcome.DONE,
    )


def _of_the_day(head: Head, signed: SignedHead) -> AuditEvent:
    """Once a day: who alters the register later would have to alter the journal too."""
    detail = why("ledger-head", "head {number}: {hash}", number=head.number, hash=signed.digest)
    return _event().telling(detail, Outcome.DONE)


def _event() -> AuditEvent:
    return AuditEvent(AuditAction.KEEP_LEDGER, Outcome.DONE)


def _gone(one: Watched) -> AuditEvent:
    """A camera's recordings of a day are gone, all of them."""
    stream = StreamId.parse(one.stream)
    event = AuditEvent(
        AuditAction.DESTROY,
        Outcome.DONE,
        commune=stream.commune,
        camera=stream.camera,
    )
    detail = why(
        "footage-destroyed",
        "all {count} recordings of {date} are destroyed",
        count=one.captured.size,
        date=_date(one.day),
    )
    return event.telling(detail, Outcome.DONE)


def _left(one: CameraDayNews) -> int:
    """How many recordings of a day are here no more because their commune left with them."""
    return sum(end.ground is Ground.DEPARTED for end in one.ends)


def _departed(one: CameraDayNews, count: int) -> AuditEvent:
    """A commune has its recordings of a camera and day, and they are erased here."""
    stream = StreamId.parse(one.stream)
    event = AuditEvent(
        AuditAction.DEPART, Outcome.DONE, commune=stream.commune, camera=stream.camera, resource=one.stream
    )
    detail = why(
        "footage-departed",
        "{count} recordings of {date} were handed over to their commune and erased here",
        count=count,
        date=_date(one.day),
    )
    return event.telling(detail, Outcome.DONE)


def _date(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


async def _journal_refusal(evidence: Evidence, signed: SignedHead, error: BeffroiError) -> None:
    get_logger("control_room").error("ledger-refused", reason=error.detail, head=signed.digest)
    event = AuditEvent(AuditAction.KEEP_LEDGER, Outcome.REFUSED, resource=signed.digest)
    async with evidence.access.db.write() as tx:
        await tx.journal.write(evidence.access.now(), event.telling(error.told, Outcome.REFUSED))
