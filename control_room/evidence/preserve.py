"""Preserving recordings before a requisition (art. 40 CPP), for 72 hours at most.

Evidence first: what was seen is held at once, for one person alone, because a deadline does not wait. Rights
next: where no second person stands for it within 24 hours it ends by itself, and it never comes again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.holds import reached_hold
from control_room.evidence.requisitions import settle
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold, HoldBasis, HoldKind, HoldStatus
from control_room.model.journal import Outcome
from shared.errors import BadInput, Conflict, NotFound
from shared.reasons import why

UNCONFIRMED = timedelta(hours=24)
AT_MOST = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Observation:
    """What somebody saw, [start, end) in UTC, and why it is worth keeping."""

    camera: str
    start: datetime
    end: datetime
    motive: str


async def preserve(evidence: Evidence, caller: Caller, seen: Observation) -> Hold:
    """Hold a range of a camera before anybody has required it.

    Raises Forbidden, BadInput on an unknown camera, and Conflict where any of it was preserved before.
    """
    access = evidence.access
    await access.gate.require(caller, Right.PRESERVE, LISTING)
    try:
        camera = await access.gate.camera(caller, Right.PRESERVE, seen.camera, seen.motive)
    except NotFound as error:
        raise BadInput(error.told, "camera") from error
    id, now = access.names.new("h"), access.now()
    hold = Hold(
        id=id,
        commune=camera.commune,
        camera=camera.id,
        start=seen.start,
        end=seen.end,
        reference=f"preservation {id}",
        motive=seen.motive,
        placed_by=caller.person.login,
        placed_at=now,
        status=HoldStatus.PENDING,
        reason="",
        kind=HoldKind.PRESERVATION,
        basis=HoldBasis.OBSERVATION,
        review_at=now + UNCONFIRMED,
        ends_at=now + UNCONFIRMED,
        placer=caller.person.id,
    )
    event = caller.event(
        Right.PRESERVE,
        Outcome.GRANTED,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why(
            "range-preserved",
            "{start} to {end}",
            start=hold.start.isoformat(),
            end=hold.end.isoformat(),
        ),
        motive=hold.motive,
    )

    async def keep(tx: Transaction) -> None:
        if await tx.holds.preserved(camera.commune, camera.id, seen.start, seen.end):
            raise Conflict(
                why("preserved-before", "some of it was preserved before: it takes a requisition now")
            )
        await tx.holds.add(hold, caller.principal)

    try:
        await access.gate.grant(caller, Right.PRESERVE, [event], keep)
    except Conflict as error:
        await access.gate.refuse(error, [event])
    await settle(evidence, [hold])
    async with access.db.read() as tx:
        return await tx.holds.get(hold.id)


async def confirm_hold(evidence: Evidence, caller: Caller, hold_id: str, motive: str) -> Hold:
    """Stand for somebody else's preservation: it lasts up to 72 hours from its beginning.

    Raises as `Gate.reach` does, Forbidden to whoever placed it, NotFound, and Conflict.
    """
    access = evidence.access
    hold = await reached_hold(evidence, caller, Right.CONFIRM_HOLD, hold_id, motive)
    event = caller.event(
        Right.CONFIRM_HOLD,
        Outcome.GRANTED,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
        detail=why("hold-released", "{reference}", reference=hold.reference),
        motive=motive,
    )

    async def keep(tx: Transaction) -> None:
        now, at = await tx.holds.get(hold.id), access.now()
        if now.kind is not HoldKind.PRESERVATION or now.confirmed_by:
            raise Conflict(why("hold-unconfirmable", "this hold needs nobody to confirm it"))
        if now.over or now.ends_at is None or now.ends_at <= at:
            raise Conflict(
                why("hold-over", "the hold is {hold_status} already", hold_status=HoldStatus.RELEASED.value)
            )
        await tx.holds.confirm(hold.id, caller.person.login, at, now.placed_at + AT_MOST)
        await tx.holds.review(hold.id, now.placed_at + AT_MOST)

    try:
        await access.gate.grant(caller, Right.CONFIRM_HOLD, [event], keep)
    except Conflict as error:
        await access.gate.refuse(error, [event])
    async with access.db.read() as tx:
        return await tx.holds.get(hold.id)
