"""Ordering an export on a requisition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right
from control_room.db.transaction import Transaction
from control_room.evidence.room import Evidence
from control_room.model.evidence import Export
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.territory import Camera
from shared.errors import BadInput
from shared.messages.storage import ExportedCamera, ExportOrder, ExportProgress, ExportStatus, MaskTrack
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Requisition:
    """What is required, by whom, and the motive of whoever orders it. [start, end) is UTC.

    With `masks` it is a redacted copy, of the export `original` where there is one.
    """

    reference: str
    authority: str
    cameras: tuple[str, ...]
    start: datetime
    end: datetime
    motive: str
    masks: tuple[MaskTrack, ...] = ()
    original: str = ""


async def order_export(evidence: Evidence, caller: Caller, wanted: Requisition) -> Export:
    """Order an export. Where storage does not answer it stays queued, says why, and is ordered again.

    Raises Forbidden, and BadInput on an unknown camera or a range that reaches into the future.
    """
    access = evidence.access
    await access.gate.require(caller, Right.EXPORT, LISTING)
    cameras = await _cameras(evidence, caller, wanted)
    order = _order(access.names.new("x"), caller, wanted, cameras)
    export = _export(order, caller, wanted, cameras, access.now())
    events = [_event(caller, order.id, wanted, camera) for camera in cameras]
    await access.gate.reach(caller, Right.EXPORT, "camera", export.communes, *events)
    if wanted.end > access.now():
        raise BadInput(why("range-in-future", "to: the range must not reach into the future"), "to")

    async def keep(tx: Transaction) -> None:
        await tx.exports.add(export, order, caller.principal)

    await access.gate.grant(caller, Right.EXPORT, events, keep)
    return await evidence.orders.advanced(export)


async def _cameras(evidence: Evidence, caller: Caller, wanted: Requisition) -> list[Camera]:
    ids = list(dict.fromkeys(wanted.cameras))
    async with evidence.access.db.read() as tx:
        found = {camera.id: camera for camera in await tx.cameras.named(ids)}
    if len(found) < len(ids):
        event = caller.event(Right.EXPORT, motive=wanted.motive)
        await evidence.access.gate.reach(caller, Right.EXPORT, "camera", None, event)
        raise BadInput(why("camera-unknown", "one of the cameras is unknown"), "cameras")
    return [found[camera_id] for camera_id in ids]


def _event(caller: Caller, export_id: str, wanted: Requisition, camera: Camera) -> AuditEvent:
    return caller.event(
        Right.EXPORT,
        Outcome.GRANTED,
        commune=camera.commune,
        camera=camera.id,
        resource=f"export:{export_id}",
        detail=why(
            "export-ordered",
            "{start} to {end}; {reference}; {authority}",
            start=wanted.start.isoformat(),
            end=wanted.end.isoformat(),
            reference=wanted.reference,
            authority=wanted.authority,
        ),
        motive=wanted.motive,
    )


def _order(export_id: str, caller: Caller, wanted: Requisition, cameras: Iterable[Camera]) -> ExportOrder:
    return ExportOrder(
        id=export_id,
        reference=wanted.reference,
        authority=wanted.authority,
        requested_by=caller.person.login,
        cameras=tuple(
            ExportedCamera(
                str(camera.stream),
                camera.name,
                camera.place,
                camera.authorisation.number if camera.authorisation else "",
            )
            for camera in cameras
        ),
        start=wanted.start,
        end=wanted.end,
        masks=wanted.masks,
        original=wanted.original,
    )


def _export(
    order: ExportOrder, caller: Caller, wanted: Requisition, cameras: list[Camera], now: datetime
) -> Export:
    return Export(
        id=order.id,
        reference=wanted.reference,
        authority=wanted.authority,
        motive=wanted.motive,
        requested_by=caller.person.login,
        requested_at=now,
        communes=frozenset(camera.commune for camera in cameras),
        cameras=tuple(camera.id for camera in cameras),
        start=wanted.start,
        end=wanted.end,
        ordered=False,
        progress=ExportProgress(order.id, ExportStatus.QUEUED, 0.0),
    )
