"""What ingest workers and the recorder ask and tell. No session, no Redis."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from control_room.http.access import RecorderAsking, WorkerAsking
from control_room.http.problems import MACHINE
from shared.messages import CameraReports, RecordingPolicies, RecordingReports, WantedCameras

router = APIRouter(tags=["machines"])
IfNoneMatch = Annotated[str | None, Header(description="ETag of the last answer: 304 where it still holds.")]
NOT_MODIFIED: dict[int | str, dict[str, object]] = {304: {"description": "Nothing has changed."}}


@router.get(
    "/worker/cameras",
    operation_id="getWantedCameras",
    responses=MACHINE | NOT_MODIFIED,
    response_model=WantedCameras,
)
async def get_wanted_cameras(worker: WorkerAsking, if_none_match: IfNoneMatch = None) -> Response:
    """What the worker's commune wants pulled, with credentials: only cameras that may be shown."""
    raise NotImplementedError


@router.put("/worker/reports", operation_id="putCameraReports", status_code=204, responses=MACHINE)
async def put_camera_reports(worker: WorkerAsking, body: CameraReports) -> None:
    """How each of the commune's streams is. On change, and every 5 s."""
    raise NotImplementedError


@router.get(
    "/recorder/policies",
    operation_id="getRecordingPolicies",
    responses=MACHINE | NOT_MODIFIED,
    response_model=RecordingPolicies,
)
async def get_recording_policies(recorder: RecorderAsking, if_none_match: IfNoneMatch = None) -> Response:
    """What is recorded, and how long each camera's recordings may live."""
    raise NotImplementedError


@router.put(
    "/recorder/reports",
    operation_id="putRecordingReports",
    status_code=204,
    responses=MACHINE,
)
async def put_recording_reports(recorder: RecorderAsking, body: RecordingReports) -> None:
    """How each stream's recording is."""
    raise NotImplementedError
