"""What keeps a stream from being recorded, by what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.gap_causes import GapCause
from shared.messages.ingest import CameraStatus
from shared.messages.storage import CameraStanding, RecordingReport, RecordingStatus
from shared.reasons import why
from storage.model.standing_cause import standing_cause

SINCE = datetime(2026, 11, 20, 21, tzinfo=UTC)
EARLIER = SINCE - timedelta(minutes=5)


def report(status: RecordingStatus, code: str = "recording-no-picture") -> RecordingReport:
    return RecordingReport("a/b/main", status, "", SINCE, why(code, "x"))


WAITING = report(RecordingStatus.WAITING)


@pytest.mark.parametrize("status", list(CameraStatus))
def test_each_state_of_a_camera_whose_pictures_are_waited_for_has_its_cause(status: CameraStatus) -> None:
    told = standing_cause(WAITING, CameraStanding("a/b/main", status, EARLIER), may_publish=True)
    if status in (CameraStatus.IDLE, CameraStatus.UNKNOWN):
        assert told is None
    elif status is CameraStatus.LIVE:
        assert told == (GapCause.LINK, SINCE)
    else:
        assert told == (GapCause.CAMERA, EARLIER)


@pytest.mark.parametrize("code", ["worker-silent", "worker-not-heard", "camera-first-time"])
def test_a_worker_that_is_away_or_only_begins_is_no_fault_of_the_camera(code: str) -> None:
    standing = CameraStanding("a/b/main", CameraStatus.CONNECTING, EARLIER, code)
    assert standing_cause(WAITING, standing, may_publish=True) == (GapCause.LINK, EARLIER)


def test_pictures_of_a_worker_whose_credential_was_taken_back_are_not_authorised() -> None:
    standing = CameraStanding("a/b/main", CameraStatus.LIVE, EARLIER)
    assert standing_cause(WAITING, standing, may_publish=False) == (GapCause.AUTHORISATION, SINCE)


def test_what_is_recorded_or_of_which_nobody_told_has_no_cause() -> None:
    standing = CameraStanding("a/b/main", CameraStatus.REFUSED, EARLIER)
    assert standing_cause(report(RecordingStatus.RECORDING), standing, may_publish=False) is None
    assert standing_cause(WAITING, None, may_publish=True) is None
    assert standing_cause(None, standing, may_publish=True) is None


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("recording-disk-slow", GapCause.DISK),
        ("recording-disk-fails", GapCause.DISK),
        ("recording-unrecordable", GapCause.CAMERA),
        ("pictures-parameters-missing", GapCause.CAMERA),
    ],
)
def test_a_failing_recording_says_whether_the_disk_or_the_pictures_are_at_fault(
    code: str, cause: GapCause
) -> None:
    assert standing_cause(report(RecordingStatus.FAILING, code), None, may_publish=True) == (cause, SINCE)
