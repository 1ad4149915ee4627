"""Looking at a hold again: is it still needed?"""

from datetime import datetime, timedelta

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.db.transaction import Transaction
from control_room.evidence.holds import reached_hold
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold
from control_room.model.journal import AuditAction, Outcome
from shared.errors import BadInput, Conflict
from shared.reasons import why

LONGEST = timedelta(days=366)


async def review_hold(
    evidence: Evidence, caller: Caller, hold_id: str, review_at: datetime, motive: str
) -> Hold:
    """Say that a hold is still needed, and when that is asked again.

    Raises as `Gate.reach` does, NotFound, BadInput on a date that is none, and Conflict where it is over.
    """
    access = evidence.access
    hold = await reached_hold(evidence, caller, Right.HOLD, hold_id, motive, AuditAction.REVIEW_HOLD)
    check_review(review_at, access.now())
    event = caller.event(
        AuditAction.REVIEW_HOLD,
        Outcome.GRANTED,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why(
            "hold-reviewed",
            "{reference}; again on {instant}",
            reference=hold.reference,
            instant=review_at.isoformat(),
        ),
        motive=motive,
    )

    async def keep(tx: Transaction) -> None:
        now = await tx.holds.get(hold.id)
        if now.over:
            raise Conflict(
                why("hold-over", "the hold is {hold_status} already", hold_status=now.status.value)
            )
        await tx.holds.review(hold.id, review_at)

    try:
        await access.gate.grant(caller, Right.HOLD, [event], keep)
    except Conflict as error:
        await access.gate.refuse(error, [event])
    async with access.db.read() as tx:
        return await tx.holds.get(hold.id)


def check_review(review_at: datetime, now: datetime) -> None:
    """Return where a hold may be reviewed then. Raises BadInput."""
    if not now < review_at <= now + LONGEST:
        raise BadInput(
            why(
                "review-out-of-bounds",
                "review_at must lie within the next {days} days",
                days=LONGEST.days,
            ),
            "review_at",
        )
