"""What cannot be decoded is never called recorded."""

from datetime import UTC, datetime

import pytest

from control_room.territory.states import States
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.messages.ingest import CameraReport, CameraStatus
from shared.messages.storage import RecordingReport, RecordingStatus
from shared.reasons import Reason, why

GATE = StreamId("59350", "gate")
SINCE = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNDECODABLE = why("pictures-do-not-decode", "its pictures cannot be decoded: {said}", said="no PPS 0")


def states(reason: Reason | None, status: CameraStatus) -> States:
    told = States(SimulatedClock())
    text = "" if reason is None else reason.text
    told.hear("59350", [CameraReport(str(GATE), status, text, SINCE, why=reason)])
    told.hear_recorder([RecordingReport(str(GATE), RecordingStatus.RECORDING, "", SINCE)])
    return told


def test_the_recording_of_a_stream_that_does_not_decode_is_failing_and_says_why() -> None:
    recording = states(UNDECODABLE, CameraStatus.INVALID).recording(GATE)
    assert recording.status is RecordingStatus.FAILING
    assert recording.why is not None
    assert recording.why.code == "recorded-undecodable"


@pytest.mark.parametrize("status", sorted(set(CameraStatus) - {CameraStatus.LIVE, CameraStatus.UNKNOWN}))
def test_what_gives_no_pictures_is_not_called_recorded_however_late_storage_notices(
    status: CameraStatus,
) -> None:
    recording = states(why("camera-twice", "a sentence"), status).recording(GATE)
    assert recording.status is RecordingStatus.WAITING
    assert recording.why is not None
    assert recording.why.code == "recording-no-picture"


def test_of_a_worker_that_is_not_heard_nothing_is_known_and_storage_is_believed() -> None:
    assert states(None, CameraStatus.UNKNOWN).recording(GATE).status is RecordingStatus.RECORDING


@pytest.mark.parametrize(
    "reason", [None, why("stream-not-pulled", "the ingest worker does not pull this stream")]
)
def test_any_other_state_leaves_the_recorder_s_word(reason: Reason | None) -> None:
    assert states(reason, CameraStatus.LIVE).recording(GATE).status is RecordingStatus.RECORDING
