"""Keeping recordings beyond their deadline."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.review_hold import check_review
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold, HoldBasis, HoldStatus
from control_room.model.journal import AuditEvent, Outcome
from shared.errors import BadInput, NotFound, Unavailable
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Procedure:
    """Which recordings are kept, [start, end) in UTC, for which procedure, and the motive of who asks.

    `review_at` is when it is asked whether the hold is still needed, None for the centre's usual time.
    """

    camera: str
    start: datetime
    end: datetime
    reference: str
    motive: str
    basis: HoldBasis = HoldBasis.UNSTATED
    review_at: datetime | None = None


async def place_hold(evidence: Evidence, caller: Caller, wanted: Procedure) -> Hold:
    """Keep a range of a camera's recordings.

    Raises Forbidden, and BadInput on an unknown camera or a review that is too far off.
    """
    access = evidence.access
    await access.gate.require(caller, Right.HOLD, LISTING)
    try:
        camera = await access.gate.camera(caller, Right.HOLD, wanted.camera, wanted.motive)
    except NotFound as error:
        raise BadInput(error.told, "camera") from error
    now = access.now()
    review_at = wanted.review_at or now + timedelta(days=evidence.rules.review_days)
    check_review(review_at, now)
    hold = Hold(
        id=access.names.new("h"),
        commune=camera.commune,
        camera=camera.id,
        start=wanted.start,
        end=wanted.end,
        reference=wanted.reference,
        motive=wanted.motive,
        placed_by=caller.person.login,
        placed_at=now,
        status=HoldStatus.PENDING,
        reason="",
        basis=wanted.basis,
        review_at=review_at,
        placer=caller.person.id,
    )

    async def keep(tx: Transaction) -> None:
        await tx.holds.add(hold, caller.principal)

    await access.gate.grant(caller, Right.HOLD, [_event(caller, hold)], keep)
    with suppress(Unavailable):
        await evidence.orders.settle(hold)
    async with access.db.read() as tx:
        return await tx.holds.get(hold.id)


def _event(caller: Caller, hold: Hold) -> AuditEvent:
    return caller.event(
        Right.HOLD,
        Outcome.GRANTED,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why(
            "range-held",
            "{start} to {end}; {reference}",
            start=hold.start.isoformat(),
            end=hold.end.isoformat(),
            reference=hold.reference,
        ),
        motive=hold.motive,
    )
