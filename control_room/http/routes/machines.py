"""What ingest workers and the recorder ask and tell. No session, no Redis."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from control_room.evidence import hear_ledger as following
from control_room.evidence import hear_storage as hearing
from control_room.http.access import RecorderAsking, TheRooms, WorkerAsking
from control_room.http.problems import MACHINE, problems
from control_room.journal import news as telling
from control_room.territory import reports
from shared.evidence.ledger_news import LedgerKept, LedgerUpdate
from shared.messages.codec import encode
from shared.messages.ingest import CameraReports, JournalNews, WantedCameras
from shared.messages.storage import (
    CameraStandings,
    HeldReport,
    KnownHolds,
    RecordingPolicies,
    RecordingReports,
)

router = APIRouter(tags=["machines"])
IfNoneMatch = Annotated[str | None, Header(description="ETag of the last answer: 304 where it still holds.")]
Size = Annotated[int | None, Query(ge=0, lt=1 << 63, description="Entries of the head that is kept.")]
_NOT_MODIFIED: dict[int | str, dict[str, object]] = {304: {"description": "Nothing has changed."}}


@router.get(
    "/worker/cameras",
    operation_id="getWantedCameras",
    responses=MACHINE | _NOT_MODIFIED,
    response_model=WantedCameras,
)
async def get_wanted_cameras(
    rooms: TheRooms, worker: WorkerAsking, if_none_match: IfNoneMatch = None
) -> Response:
    """What the worker's commune wants pulled, with credentials: only cameras that may be shown."""
    wanted = await rooms.territory.wanted.cameras(worker, rooms.access.now())
    return _versioned(wanted, wanted.version, if_none_match)


@router.put("/worker/reports", operation_id="putCameraReports", status_code=204, responses=MACHINE)
async def put_camera_reports(rooms: TheRooms, worker: WorkerAsking, body: CameraReports) -> None:
    """How each of the commune's streams is. On change, and every 5 s."""
    reports.hear_cameras(rooms.territory.states, worker, body.reports)


@router.get(
    "/worker/journal-head",
    operation_id="getJournalHead",
    responses=MACHINE | problems(404),
    response_model=JournalNews,
)
async def get_journal_head(rooms: TheRooms, worker: WorkerAsking, size: Size = None) -> Response:
    """A signed head of the journal, for the worker to keep as a witness: once a minute.

    With `size`, that of the head it keeps, a head behind that one, and what shows that the journal only grew.
    """
    told = await telling.journal_news(rooms.journal, size)
    return Response(encode(told), media_type="application/json")


@router.get(
    "/recorder/policies",
    operation_id="getRecordingPolicies",
    responses=MACHINE | _NOT_MODIFIED,
    response_model=RecordingPolicies,
)
async def get_recording_policies(
    rooms: TheRooms, recorder: RecorderAsking, if_none_match: IfNoneMatch = None
) -> Response:
    """What is recorded, and how long each camera's recordings may live."""
    policies = await rooms.territory.wanted.policies(rooms.access.now())
    return _versioned(policies, policies.version, if_none_match)


@router.put(
    "/recorder/reports",
    operation_id="putRecordingReports",
    responses=MACHINE,
    response_model=CameraStandings,
)
async def put_recording_reports(
    rooms: TheRooms, recorder: RecorderAsking, body: RecordingReports
) -> Response:
    """How each stream's recording is. The answer is how the cameras are of those that wait for pictures."""
    reports.hear_recordings(rooms.territory.states, body.reports)
    standings = reports.standings(rooms.territory.states, body.reports)
    return Response(encode(standings), media_type="application/json")


@router.put("/recorder/holds", operation_id="putHeldHolds", responses=MACHINE, response_model=KnownHolds)
async def put_held_holds(rooms: TheRooms, recorder: RecorderAsking, body: HeldReport) -> Response:
    """What storage keeps, and why it destroys nothing; the answer is what it has to keep. Every 5 s."""
    known = await hearing.hear_storage(rooms.evidence, body)
    return Response(encode(known), media_type="application/json")


@router.put(
    "/recorder/ledger",
    operation_id="putLedger",
    responses=MACHINE | problems(409),
    response_model=LedgerKept,
)
async def put_ledger(rooms: TheRooms, recorder: RecorderAsking, body: LedgerUpdate) -> Response:
    """A signed head of the register of captures and destructions, with all that is new in it.

    The answer says which head is kept: the one behind it is wanted next. 409 where a head would change what
    is kept. Once a minute.
    """
    kept = await following.hear_ledger(rooms.evidence, body)
    return Response(encode(kept), media_type="application/json")


def _versioned(message: object, version: str, if_none_match: str | None) -> Response:
    headers = {"etag": f'"{version}"'}
    known = {tag.strip().removeprefix("W/").strip('"') for tag in (if_none_match or "").split(",")}
    if version in known:
        return Response(status_code=304, headers=headers)
    return Response(encode(message), media_type="application/json", headers=headers)
