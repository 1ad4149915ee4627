"""Redacted copies for people who were filmed: drawn by one person, ordered by another."""

from dataclasses import dataclass, replace
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.db.transaction import Transaction
from control_room.evidence.access_requests import reached_request
from control_room.evidence.export_orders import exported, named_cameras, new_export, order_events
from control_room.evidence.room import Evidence
from control_room.model.access_requests import AccessRequest, Copy, check_within, copy_of, with_copy
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.masks import check_masks
from shared.errors import BadInput, Conflict, NotFound
from shared.messages.storage import ExportOrder, ExportStatus, MaskTrack
from shared.reasons import why

_CAME_TO_NOTHING = (ExportStatus.FAILED, ExportStatus.CANCELLED, ExportStatus.DESTROYED)
_AUTHORITY = "Demande d'accès d'une personne filmée (CSI L253-5)"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a person drew over [start, end) of a camera, and why."""

    camera: str
    start: datetime
    end: datetime
    masks: tuple[MaskTrack, ...]
    motive: str


async def draw_copy(evidence: Evidence, caller: Caller, request_id: str, drawn: Drawn) -> AccessRequest:
    """Keep the masks of a copy, in place of those there were: another person is to approve them.

    Raises as `reached_request` does, BadInput where no copy can be made with them, and Conflict where the
    request is answered or a copy is ordered already.
    """
    access, action = evidence.access, AuditAction.DRAW_COPY
    seen = await reached_request(evidence, caller, Right.ACCESS_REQUEST, request_id, action=action)
    check_within(seen, drawn.camera, drawn.start, drawn.end)
    if not drawn.masks:
        raise BadInput(why("redaction-no-masks", "a redacted copy has at least one mask"), "masks")
    check_masks(drawn.masks, 1, drawn.start, drawn.end)
    made: list[AccessRequest] = []

    async def keep(tx: Transaction) -> None:
        now = await tx.access_requests.get(seen.id)
        before = copy_of(now, drawn.camera)
        await _may_order(tx, now, before)
        copy = Copy(
            drawn.camera,
            1 if before is None else before.version + 1,
            drawn.start,
            drawn.end,
            drawn.masks,
            drawn.motive,
            tuple(sorted({caller.person.id, *(() if before is None else before.authors)})),
            caller.person.login,
            access.now(),
        )
        made.append(with_copy(now, copy))
        await tx.access_requests.change(made[0])

    events = [_event(caller, action, seen, drawn, drawn.motive)]
    try:
        await access.gate.grant(caller, Right.ACCESS_REQUEST, events, keep)
    except Conflict as error:
        await access.gate.refuse(error, events)
    return made[0]


async def approve_copy(
    evidence: Evidence, caller: Caller, request_id: str, camera: str, version: int, motive: str
) -> AccessRequest:
    """Approve the version of a copy that was seen, and order its export; again where that came to nothing.

    Raises as `reached_request` does, Forbidden to whoever drew any version, NotFound, and Conflict.
    """
    access = evidence.access
    seen = await reached_request(evidence, caller, Right.APPROVE_COPY, request_id, camera=camera)
    copy = drawn_copy(seen, camera)
    (of,) = await named_cameras(evidence, caller, Right.APPROVE_COPY, [camera], motive)
    order = ExportOrder(
        id=access.names.new("x"),
        reference=seen.id,
        authority=_AUTHORITY,
        requested_by=caller.person.login,
        cameras=exported([of]),
        start=copy.start,
        end=copy.end,
        masks=copy.masks,
    )
    export = new_export(order, motive, access.now())
    drawn = Drawn(camera, copy.start, copy.end, copy.masks, motive)
    events = [_event(caller, Right.APPROVE_COPY, seen, drawn, motive), *order_events(caller, order, motive)]
    made: list[AccessRequest] = []

    async def keep(tx: Transaction) -> None:
        now = await tx.access_requests.get(seen.id)
        standing = drawn_copy(now, camera)
        if standing.version != version or standing.authors != copy.authors:
            raise Conflict(why("copy-changed", "the masks were changed: look at them again"))
        await _may_order(tx, now, standing)
        approved = replace(standing, approved_by=caller.person.login, export=export.id)
        made.append(with_copy(now, approved))
        await tx.access_requests.change(made[0])
        await tx.exports.add(export, order, caller.principal)

    try:
        await access.gate.grant(caller, Right.APPROVE_COPY, events, keep)
    except Conflict as error:
        await access.gate.refuse(error, events)
    await evidence.orders.advanced(export)
    return made[0]


async def see_copy(evidence: Evidence, caller: Caller, request_id: str, camera: str) -> Copy:
    """A copy with where its masks are, to be looked at. Raises NotFound where nobody drew one."""
    return drawn_copy(await reached_request(evidence, caller, Right.SEE_ACCESS_REQUEST, request_id), camera)


def drawn_copy(request: AccessRequest, camera: str) -> Copy:
    """The copy of a camera. Raises NotFound."""
    found = copy_of(request, camera)
    if found is None:
        raise NotFound(why("no-copy", "no masks were drawn for this camera"))
    return found


async def _may_order(tx: Transaction, request: AccessRequest, copy: Copy | None) -> None:
    """Return where a request is open and a copy of it has no package and gets none. Raises Conflict."""
    if request.ending is not None:
        raise Conflict(why("access-ended", "this request is answered already"))
    if copy is None or not copy.export:
        return
    export = await tx.exports.get(copy.export)
    if export.progress.status not in _CAME_TO_NOTHING:
        raise Conflict(
            why(
                "export-stands",
                "its export is {export_status}: there is nothing to begin again",
                export_status=export.progress.status.value,
            )
        )


def _event(
    caller: Caller, action: AuditAction | Right, request: AccessRequest, drawn: Drawn, motive: str
) -> AuditEvent:
    """What the journal has of it: how many masks, never where they are nor whose face is not under one."""
    return caller.event(
        action,
        Outcome.GRANTED,
        commune=request.commune,
        camera=drawn.camera,
        resource=f"access-request:{request.id}",
        detail=why(
            "access-copy-of",
            "{start} to {end}; redacted, {masks} masks",
            start=drawn.start.isoformat(),
            end=drawn.end.isoformat(),
            masks=len(drawn.masks),
        ),
        motive=motive,
    )
