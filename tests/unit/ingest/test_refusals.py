"""What a camera that gives no picture is told for."""

import errno

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import NoAnswer, NotRtsp, SourceError, Unreachable
from ingest.refusals import account_wrong, late, quoted, unanswered, unreachable
from shared.causes import NO_RTSP
from shared.reasons import Cause

PLACE = "192.0.2.7:554"


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_a_stranger_s_text_is_one_short_line(text: str) -> None:
    plain = quoted(text)
    assert plain.isprintable()
    assert len(plain) <= 64


def test_a_stranger_s_text_shows_no_credential() -> None:
    assert "hunter2" not in quoted("see rtsp://viewer:hunter2@camera/x")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ECONNREFUSED, "camera-nothing-listens"),
        (errno.EHOSTUNREACH, "camera-no-way"),
        (errno.ETIMEDOUT, "camera-does-not-answer"),
        (errno.ECONNRESET, "camera-hangs-up"),
        (errno.EPIPE, "camera-not-opened"),
        (None, "camera-not-opened"),
    ],
)
def test_each_error_of_the_system_is_told_by_its_code(number: int | None, code: str) -> None:
    refusal = unreachable(PLACE, number)
    assert isinstance(refusal, Unreachable)
    assert said(refusal) == (code, {"place": PLACE})


def test_what_speaks_no_rtsp_is_no_camera_and_all_else_is_no_answer() -> None:
    assert isinstance(unanswered(PLACE, Cause(NO_RTSP, "it speaks HTTP")), NotRtsp)
    assert isinstance(unanswered(PLACE, Cause("reset", "it hung up")), NoAnswer)


def test_a_refusal_names_the_place_and_what_there_is_to_count() -> None:
    assert said(account_wrong(PLACE)) == ("camera-account-wrong", {"place": PLACE})
    assert said(late(PLACE, 8.0)) == ("camera-late", {"place": PLACE, "seconds": 8})


def said(refusal: SourceError) -> tuple[str, dict[str, str | int]]:
    return refusal.reason.code, dict(refusal.reason.params)
