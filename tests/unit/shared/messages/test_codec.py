from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime

from shared.errors import BadInput
from shared.messages.codec import decode, encode
from shared.messages.ingest import CameraReport, CameraReports, CameraStatus, WantedCamera, WantedCameras
from shared.messages.storage import (
    ExportOrder,
    ExportProgress,
    HoldOrder,
    MaskPosition,
    RecordingPolicies,
    RecordingReports,
)

IN_BOUNDS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
st.register_type_strategy(AwareDatetime, IN_BOUNDS)
st.register_type_strategy(str, st.text(st.characters(exclude_characters="\0", codec="utf-8")))
finite = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(MaskPosition, st.builds(MaskPosition, x=finite, y=finite, w=finite, h=finite))
KINDS = (
    CameraReports,
    ExportOrder,
    ExportProgress,
    HoldOrder,
    RecordingPolicies,
    RecordingReports,
    WantedCameras,
)
MESSAGES = st.one_of(
    st.builds(CameraReports, st.lists(st.builds(CameraReport, fps=finite), max_size=3).map(tuple)),
    st.builds(ExportProgress, progress=finite, coverage=finite),
    *(st.from_type(kind) for kind in KINDS if kind not in (CameraReports, ExportProgress)),
)


@given(MESSAGES)
def test_a_message_is_read_back_as_it_was_written(message: object) -> None:
    assert decode(type(message), encode(message)) == message


@given(st.sampled_from(KINDS), st.binary(max_size=100))
def test_any_bytes_are_a_message_or_bad_input(kind: type, body: bytes) -> None:
    with suppress(BadInput):
        decode(kind, body)


def test_a_wrong_field_is_named() -> None:
    body = b'{"commune":"59350","version":"1","cameras":[{"stream":"s","name":"n","address":7}]}'
    with pytest.raises(BadInput, match=r"cameras\.0\.address"):
        decode(WantedCameras, body)


def test_a_wrong_message_is_not_repeated_in_the_error() -> None:
    body = b'{"commune":"59350","version":"1","cameras":[{"stream":"s","name":"n","password":"hunter2"}]}'
    with pytest.raises(BadInput) as refusal:
        decode(WantedCameras, body)
    assert "hunter2" not in f"{refusal.value.detail}{refusal.value.__cause__}"


def test_a_time_without_its_zone_is_refused() -> None:
    body = (
        b'{"id":"h","stream":"s","start":"2026-01-01T00:00:00","end":"2026-01-01T01:00:00Z","reference":"r"}'
    )
    with pytest.raises(BadInput, match="start"):
        decode(HoldOrder, body)


def test_times_are_written_in_rfc_3339() -> None:
    report = CameraReport("s", CameraStatus.LIVE, "", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert b'"2026-01-02T03:04:05Z"' in encode(report)


def test_a_camera_s_credentials_are_not_in_its_repr() -> None:
    assert "hunter2" not in repr(WantedCamera("s", "n", "rtsp://h", "admin", "hunter2"))
