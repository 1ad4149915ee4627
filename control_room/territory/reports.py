"""How streams and recordings are, as ingest workers and storage tell it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from control_room.model.territory import KnownWorker
from control_room.model.told import plain, plain_why
from control_room.territory.states import States
from shared.errors import BadInput, Forbidden
from shared.ids import StreamId
from shared.messages.ingest import CameraReport
from shared.messages.storage import CameraStanding, CameraStandings, RecordingReport, RecordingStatus
from shared.reasons import why


def hear_cameras(states: States, worker: KnownWorker, reports: Iterable[CameraReport]) -> None:
    """Take what a worker tells of all its streams. Raises Forbidden where one is of another commune."""
    told = tuple(reports)
    if any(StreamId.parse(report.stream).commune != worker.commune for report in told):
        raise Forbidden(why("worker-elsewhere", "a worker reports on the cameras of its own commune only"))
    _check_zones(report.since for report in told)
    states.hear(
        worker.commune,
        (
            replace(
                report, reason=plain(report.reason), advice=plain(report.advice), why=plain_why(report.why)
            )
            for report in told
        ),
    )


def hear_recordings(states: States, reports: Iterable[RecordingReport]) -> None:
    """Take what storage tells of all recordings."""
    told = tuple(reports)
    _check_zones(report.since for report in told)
    states.hear_recorder(
        replace(report, reason=plain(report.reason), why=plain_why(report.why)) for report in told
    )


def standings(states: States, reports: Iterable[RecordingReport]) -> CameraStandings:
    """How the cameras are of those streams that storage waits for. Raises BadInput where one is none."""
    waiting = [StreamId.parse(one.stream) for one in reports if one.status is RecordingStatus.WAITING]
    return CameraStandings(tuple(_standing(stream, states) for stream in waiting))


def _standing(stream: StreamId, states: States) -> CameraStanding:
    told = states.camera(stream).report
    return CameraStanding(str(stream), told.status, told.since, "" if told.why is None else told.why.code)


def _check_zones(times: Iterable[datetime]) -> None:
    if any(time.tzinfo is None for time in times):
        raise BadInput(why("time-without-zone", "reports: since: a time without its zone"), "reports.since")
