"""Entering a requisition, and changing it until it is decided: its footage is held from the first moment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.export_orders import exported, named_cameras
from control_room.evidence.originals import check_original
from control_room.evidence.requisitions import (
    must_be,
    reached_requisition,
    requisition_events,
    settle,
)
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold, HoldBasis, HoldKind, HoldStatus
from control_room.model.journal import AuditAction
from control_room.model.requisitions import Demand, Entry, Officer, Requisition, RequisitionStatus, check
from shared.errors import Conflict
from shared.evidence.recipient import RecipientCertificate
from shared.messages.storage import MaskTrack

_REVIEW = timedelta(days=7)
"""A requisition that waits longer, or whose export nobody fetched, is to be looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person types of a requisition; the cameras by their ids.

    `masks` None leaves those of the version before, with their original.
    """

    file: str
    article: str
    officer: Officer
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    received_by: str
    received_at: datetime
    motive: str
    recipient: str = ""
    masks: tuple[MaskTrack, ...] | None = None
    original: str = ""


async def enter_requisition(evidence: Evidence, caller: Caller, wanted: Wanted) -> Requisition:
    """Enter a requisition. Raises Forbidden, and BadInput where it cannot be one by its article."""
    access = evidence.access
    await access.gate.require(caller, Right.REQUISITION, LISTING)
    demand = await _demand(evidence, caller, wanted)
    id, now = access.names.new("r"), access.now()
    events = requisition_events(caller, Right.REQUISITION, id, demand, wanted.motive)
    await access.gate.reach(caller, Right.REQUISITION, "camera", demand.communes, *events)
    check(demand, now)
    await check_original(evidence, caller, demand)
    made = Requisition(
        id, demand, RequisitionStatus.WAITING, (_entry(caller, 1, now),), frozenset(demand.communes)
    )
    holds = _holds(evidence, caller, made)

    async def keep(tx: Transaction) -> None:
        await tx.requisitions.add(made)
        for hold in holds:
            await tx.holds.add(hold, caller.principal)

    await access.gate.grant(caller, Right.REQUISITION, events, keep)
    await settle(evidence, holds)
    return made


async def change_requisition(
    evidence: Evidence, caller: Caller, requisition_id: str, version: int, wanted: Wanted
) -> Requisition:
    """Enter another version of a requisition that is not decided. Raises as above, and Conflict.

    What the versions before have held stays held until the decision: letting it go is not undone.
    """
    access, action = evidence.access, AuditAction.CHANGE_REQUISITION
    seen = await reached_requisition(
        evidence, caller, Right.REQUISITION, requisition_id, wanted.motive, action
    )
    if wanted.masks is None:
        wanted = replace(wanted, masks=seen.demand.masks, original=seen.demand.original)
    demand = await _demand(evidence, caller, wanted)
    events = requisition_events(caller, action, requisition_id, demand, wanted.motive)
    await access.gate.reach(caller, Right.REQUISITION, "camera", demand.communes, *events)
    now = access.now()
    check(demand, now)
    await check_original(evidence, caller, demand)
    holds: list[Hold] = []

    async def keep(tx: Transaction) -> None:
        before = await tx.requisitions.get(requisition_id)
        must_be(before, [RequisitionStatus.WAITING], version)
        entries = (*before.entries, _entry(caller, before.version + 1, now))
        made = replace(before, demand=demand, entries=entries, communes=before.communes | demand.communes)
        await tx.requisitions.change(made)
        held = await tx.holds.of_requisition(requisition_id)
        holds.extend(hold for hold in _holds(evidence, caller, made) if not _kept(hold, held))
        for hold in holds:
            await tx.holds.add(hold, caller.principal)

    try:
        await access.gate.grant(caller, Right.REQUISITION, events, keep)
    except Conflict as error:
        await access.gate.refuse(error, events)
    await settle(evidence, holds)
    async with access.db.read() as tx:
        return await tx.requisitions.get(requisition_id)


async def _demand(evidence: Evidence, caller: Caller, wanted: Wanted) -> Demand:
    cameras = await named_cameras(evidence, caller, Right.REQUISITION, wanted.cameras, wanted.motive)
    return Demand(
        wanted.file,
        wanted.article,
        wanted.officer,
        exported(cameras),
        wanted.start,
        wanted.end,
        wanted.received_by,
        wanted.received_at,
        wanted.motive,
        # A key that was pasted with it is kept nowhere.
        RecipientCertificate.from_pem(wanted.recipient).pem if wanted.recipient else "",
        wanted.masks or (),
        wanted.original,
    )


def _entry(caller: Caller, version: int, now: datetime) -> Entry:
    return Entry(version, caller.person.id, caller.person.login, now)


def _holds(evidence: Evidence, caller: Caller, made: Requisition) -> list[Hold]:
    now = evidence.access.now()
    return [
        Hold(
            id=evidence.access.names.new("h"),
            commune=stream.commune,
            camera=stream.camera,
            start=made.demand.start,
            end=made.demand.end,
            reference=made.demand.file,
            motive=made.demand.motive,
            placed_by=caller.person.login,
            placed_at=now,
            status=HoldStatus.PENDING,
            reason="",
            kind=HoldKind.REQUISITION,
            basis=HoldBasis.REQUISITION,
            review_at=now + _REVIEW,
            placer=caller.person.id,
            requisition=made.id,
        )
        for stream in made.demand.streams
    ]


def _kept(wanted: Hold, held: list[Hold]) -> bool:
    """Whether one of the holds there are keeps all of it."""
    return any(
        (hold.commune, hold.camera) == (wanted.commune, wanted.camera)
        and hold.start <= wanted.start
        and wanted.end <= hold.end
        for hold in held
    )
