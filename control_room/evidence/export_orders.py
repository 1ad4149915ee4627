"""What is kept and told of a new export, whoever orders it and on what."""

from collections.abc import Iterable
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.room import Evidence
from control_room.model.evidence import Export
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.territory import Camera
from shared.errors import BadInput
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, ExportOrder, ExportProgress, ExportStatus
from shared.reasons import Reason, why


async def named_cameras(
    evidence: Evidence, caller: Caller, right: Right, ids: Iterable[str], motive: str
) -> list[Camera]:
    """Cameras by their ids, each once. Raises BadInput on one there is not, Forbidden as `Gate.reach`."""
    wanted = list(dict.fromkeys(ids))
    async with evidence.access.db.read() as tx:
        found = {camera.id: camera for camera in await tx.cameras.named(wanted)}
    if len(found) < len(wanted):
        event = caller.event(right, motive=motive)
        await evidence.access.gate.reach(caller, right, "camera", None, event)
        raise BadInput(why("camera-unknown", "one of the cameras is unknown"), "cameras")
    return [found[camera_id] for camera_id in wanted]


def exported(cameras: Iterable[Camera]) -> tuple[ExportedCamera, ...]:
    """The cameras as an export's manifest names them."""
    return tuple(
        ExportedCamera(
            str(camera.stream),
            camera.name,
            camera.place,
            camera.authorisation.number if camera.authorisation else "",
        )
        for camera in cameras
    )


def order_events(caller: Caller, order: ExportOrder, motive: str) -> list[AuditEvent]:
    """What the journal has of a new export: one entry a camera."""
    detail = _told(order)
    streams = [StreamId.parse(camera.stream) for camera in order.cameras]
    return [
        caller.event(
            Right.EXPORT,
            Outcome.GRANTED,
            commune=stream.commune,
            camera=stream.camera,
            resource=f"export:{order.id}",
            detail=detail,
            motive=motive,
        )
        for stream in streams
    ]


def new_export(order: ExportOrder, motive: str, now: datetime, requisition: str = "") -> Export:
    """The export of an order that storage does not have yet."""
    streams = [StreamId.parse(camera.stream) for camera in order.cameras]
    return Export(
        id=order.id,
        reference=order.reference,
        authority=order.authority,
        motive=motive,
        requested_by=order.requested_by,
        requested_at=now,
        communes=frozenset(stream.commune for stream in streams),
        cameras=tuple(stream.camera for stream in streams),
        start=order.start,
        end=order.end,
        ordered=False,
        progress=ExportProgress(order.id, ExportStatus.QUEUED, 0.0),
        requisition=requisition,
        masks=len(order.masks),
        original=order.original,
    )


def _told(order: ExportOrder) -> Reason:
    """Of masks the journal has how many there are, never where."""
    start, end = order.start.isoformat(), order.end.isoformat()
    if order.masks:
        return why(
            "export-ordered-redacted",
            "{start} to {end}; {reference}; {authority}; redacted, {masks} masks",
            start=start,
            end=end,
            reference=order.reference,
            authority=order.authority,
            masks=len(order.masks),
        )
    return why(
        "export-ordered",
        "{start} to {end}; {reference}; {authority}",
        start=start,
        end=end,
        reference=order.reference,
        authority=order.authority,
    )
