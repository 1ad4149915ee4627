"""Answering a person who was filmed: what is said to be handed over or gone is asked of storage first."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.access_requests import reached_request, request_event
from control_room.evidence.exports import reached_export
from control_room.evidence.prove_destruction import Concerned, answer_destruction
from control_room.evidence.room import Evidence
from control_room.model.access_requests import (
    AccessRequest,
    AccessStatus,
    Ending,
    Ground,
    Handed,
    ShownGone,
    check_ending,
    check_within,
)
from control_room.model.evidence import Ending as ExportEnding
from control_room.model.evidence import Export
from control_room.model.journal import AuditAction
from shared.errors import BadInput, BeffroiError, Conflict
from shared.messages.desk import HandOver
from shared.messages.storage import ExportStatus
from shared.reasons import why

_CAPACITY = "person-filmed"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request is to end: a copy names the exports it was made in, on what `medium` they were given."""

    status: AccessStatus
    motive: str
    ground: Ground | None = None
    packages: tuple[str, ...] = ()
    medium: str = ""


async def end_access_request(
    evidence: Evidence, caller: Caller, request_id: str, answer: Answer
) -> AccessRequest:
    """Answer a request, once: each camera of it is handed over as a redacted copy or proven to be gone.

    Raises as `reached_request` and `prove_destruction` do, BadInput where the answer lacks what it takes or
    names another export, and Conflict where storage has no package, or images that are said to be gone.
    """
    access, action = evidence.access, AuditAction.END_ACCESS_REQUEST
    found = await reached_request(evidence, caller, Right.ACCESS_REQUEST, request_id, action=action)
    check_ending(answer.status, answer.ground, answer.packages)
    event = request_event(caller, action, found, answer.motive, answer.status)
    try:
        _must_be_open(found)
        exports = [await _copy(evidence, caller, found, package) for package in answer.packages]
        gone = await _shown_gone(evidence, caller, found, answer, exports)
    except Conflict as error:
        await access.gate.refuse(error, [event])
        raise
    grant = await access.gate.grant(caller, Right.ACCESS_REQUEST, [event])
    try:
        handed = [await _handed(evidence, grant.caller, found, export, answer.medium) for export in exports]
        ending = Ending(
            answer.status,
            answer.motive,
            caller.person.login,
            access.now(),
            answer.ground,
            handed=tuple(handed),
            gone=gone,
        )
        async with access.db.write() as tx:
            now = await tx.access_requests.get(found.id)
            _must_be_open(now)
            ended = replace(now, ending=ending)
            await tx.access_requests.change(ended)
    except BeffroiError as error:
        await access.gate.refuse(error, [event])
        raise
    return ended


def _must_be_open(request: AccessRequest) -> None:
    if request.ending is not None:
        raise Conflict(why("access-ended", "this request is answered already"))


async def _copy(evidence: Evidence, caller: Caller, request: AccessRequest, package: str) -> Export:
    """The export of a copy for this request. Raises BadInput, and Conflict where it has no package."""
    export = await reached_export(evidence, caller, Right.SEE_EXPORT, package)
    if not export.masks:
        raise BadInput(
            why("access-not-redacted", "export {id} is no redacted copy", id=export.id), "packages"
        )
    for camera in export.cameras:
        check_within(request, camera, export.start, export.end)
    export = await evidence.orders.advanced(export) if export.ending is ExportEnding.NONE else export
    if export.progress.status is not ExportStatus.DONE or export.ending is not ExportEnding.NONE:
        raise Conflict(
            why(
                "export-not-done",
                "the export is {export_status}: there is nothing to fetch",
                export_status=export.progress.status.value,
            )
        )
    return export


async def _shown_gone(
    evidence: Evidence,
    caller: Caller,
    request: AccessRequest,
    answer: Answer,
    exports: Sequence[Export],
) -> tuple[ShownGone, ...]:
    """The cameras without a copy: all of them gone. Raises Conflict where one has images, or may have."""
    if answer.status is AccessStatus.REFUSED:
        return ()
    copied = {camera for export in exports for camera in export.cameras}
    shown: list[ShownGone] = []
    for camera in request.cameras:
        if camera in copied:
            continue
        asked = Concerned(camera, request.start, request.end, answer.motive)
        told = await answer_destruction(evidence, caller, asked)
        if not told.answer.proven:
            raise Conflict(
                why(
                    "access-not-gone",
                    "camera {camera} has no copy here, and its images are not proven to be gone: {found}",
                    camera=camera,
                    found=told.answer.found.value,
                )
            )
        file = hashlib.sha256(told.proven.body).hexdigest()
        shown.append(ShownGone(camera, told.answer.found, told.answer.head, file))
    return tuple(shown)


async def _handed(
    evidence: Evidence, caller: Caller, request: AccessRequest, export: Export, medium: str
) -> Handed:
    """The copy with the receipt that storage signs, which has its package."""
    given = HandOver(
        export=export.id,
        requisition=request.id,
        file=request.id,
        article="",
        name=request.person,
        capacity=_CAPACITY,
        service="",
        medium=medium,
        at=evidence.access.now(),
        by=caller.person.login,
    )
    receipt = await evidence.storage.sign_receipt(given, caller.principal)
    return Handed(export.cameras[0], export.id, export.progress.sha256, receipt)
