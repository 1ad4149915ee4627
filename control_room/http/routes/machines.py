"""What ingest workers and the recorder ask and tell. No session, no Redis."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response

from control_room.http.access import RecorderAsking, TheDesk, WorkerAsking
from control_room.http.problems import MACHINE
from control_room.times import utc_from_ns
from shared.errors import BadInput, Forbidden
from shared.ids import StreamId
from shared.messages.codec import encode
from shared.messages.ingest import CameraReports, WantedCameras
from shared.messages.storage import HeldReport, KnownHolds, RecordingPolicies, RecordingReports
from shared.reasons import Reason, why
from shared.redact import redact

router = APIRouter(tags=["machines"])
IfNoneMatch = Annotated[str | None, Header(description="ETag of the last answer: 304 where it still holds.")]
_NOT_MODIFIED: dict[int | str, dict[str, object]] = {304: {"description": "Nothing has changed."}}
_MAX_REASON_CHARS = 300
_MOST_GROUNDS = 16


@router.get(
    "/worker/cameras",
    operation_id="getWantedCameras",
    responses=MACHINE | _NOT_MODIFIED,
    response_model=WantedCameras,
)
async def get_wanted_cameras(
    desk: TheDesk, worker: WorkerAsking, if_none_match: IfNoneMatch = None
) -> Response:
    """What the worker's commune wants pulled, with credentials: only cameras that may be shown."""
    wanted = await desk.wanted.cameras(worker, desk.today())
    return _versioned(wanted, wanted.version, if_none_match)


@router.put("/worker/reports", operation_id="putCameraReports", status_code=204, responses=MACHINE)
async def put_camera_reports(desk: TheDesk, worker: WorkerAsking, body: CameraReports) -> None:
    """How each of the commune's streams is. On change, and every 5 s."""
    for report in body.reports:
        if StreamId.parse(report.stream).commune != worker.commune:
            raise Forbidden(
                why("worker-elsewhere", "a worker reports on the cameras of its own commune only")
            )
    _check_zones(report.since for report in body.reports)
    desk.states.hear(
        worker.commune,
        (
            replace(
                report,
                reason=_plain(report.reason),
                advice=_plain(report.advice),
                why=_plain_why(report.why),
            )
            for report in body.reports
        ),
    )


@router.get(
    "/recorder/policies",
    operation_id="getRecordingPolicies",
    responses=MACHINE | _NOT_MODIFIED,
    response_model=RecordingPolicies,
)
async def get_recording_policies(
    desk: TheDesk, recorder: RecorderAsking, if_none_match: IfNoneMatch = None
) -> Response:
    """What is recorded, and how long each camera's recordings may live."""
    policies = await desk.wanted.policies(desk.today())
    return _versioned(policies, policies.version, if_none_match)


@router.put("/recorder/reports", operation_id="putRecordingReports", status_code=204, responses=MACHINE)
async def put_recording_reports(desk: TheDesk, recorder: RecorderAsking, body: RecordingReports) -> None:
    """How each stream's recording is."""
    _check_zones(report.since for report in body.reports)
    desk.states.hear_recorder(
        replace(report, reason=_plain(report.reason), why=_plain_why(report.why)) for report in body.reports
    )


@router.put("/recorder/holds", operation_id="putHeldHolds", responses=MACHINE, response_model=KnownHolds)
async def put_held_holds(desk: TheDesk, recorder: RecorderAsking, body: HeldReport) -> Response:
    """What storage keeps, and why it destroys nothing; the answer is what it has to keep. Every 5 s."""
    said_at = None if body.utc_ns is None else utc_from_ns(body.utc_ns)
    grounds = tuple(_plain_reason(ground) for ground in body.grounds[:_MOST_GROUNDS])
    desk.states.hear_refusal(
        _plain(body.refusal),
        body.clock_disputed,
        said_at,
        _plain(body.failure),
        grounds,
        _plain_why(body.failure_why),
    )
    return Response(encode(await desk.orders.reconcile(body)), media_type="application/json")


def _versioned(message: object, version: str, if_none_match: str | None) -> Response:
    headers = {"etag": f'"{version}"'}
    known = {tag.strip().removeprefix("W/").strip('"') for tag in (if_none_match or "").split(",")}
    if version in known:
        return Response(status_code=304, headers=headers)
    return Response(encode(message), media_type="application/json", headers=headers)


def _check_zones(times: Iterable[datetime]) -> None:
    if any(time.tzinfo is None for time in times):
        raise BadInput(why("time-without-zone", "reports: since: a time without its zone"), "reports.since")


def _plain_why(reason: Reason | None) -> Reason | None:
    return None if reason is None else _plain_reason(reason)


def _plain_reason(reason: Reason) -> Reason:
    params = ((name, _plain(value) if isinstance(value, str) else value) for name, value in reason.params)
    return Reason(reason.code, _plain(reason.text), tuple(params))


def _plain(reason: str) -> str:
    # Cut before it is looked through too, which costs more the longer it is.
    return redact(reason[: 4 * _MAX_REASON_CHARS])[:_MAX_REASON_CHARS]
