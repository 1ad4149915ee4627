from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.ids import StreamId, StreamKind
from tests.unit.shared.strategies import stream_ids


@given(stream_ids)
def test_a_stream_is_read_back_as_it_was_written(stream: StreamId) -> None:
    assert StreamId.parse(str(stream)) == stream


@given(stream_ids)
def test_a_camera_s_path_is_its_stream_s_name_without_the_kind(stream: StreamId) -> None:
    assert f"{stream.camera_path}/{stream.kind}" == str(stream)


@given(st.text(max_size=60))
def test_any_text_is_a_stream_or_bad_input(text: str) -> None:
    with suppress(BadInput):
        assert str(StreamId.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "59350/cam", "59350/cam/main/x", "59350/cam/MAIN", "5935/cam/main", "59350/Cam/main",
             "59350/-cam/main", "59350//main", "59350/cam/main\n", "５９３５０/cam/main", "59350/../main"]
)  # fmt: skip
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        StreamId.parse(text)


def test_a_corsican_commune_is_a_commune() -> None:
    assert StreamId("2A004", "cam").commune == "2A004"


def test_a_stream_is_the_main_one_unless_said_otherwise() -> None:
    assert StreamId("59350", "cam").kind is StreamKind.MAIN


def test_an_endless_text_is_not_repeated_in_the_error() -> None:
    with pytest.raises(BadInput) as refusal:
        StreamId.parse("x" * 1_000_000)
    assert len(refusal.value.detail) < 200
