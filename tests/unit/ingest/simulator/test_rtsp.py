"""RTSP messages and options of the simulated camera."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.cameras import CameraPlan, parse_plans
from ingest.simulator.encoder import Encoding
from ingest.simulator.faults import Fault
from ingest.simulator.rtsp import parse_request, response
from shared.errors import BadInput


def test_a_request_is_read_with_its_headers_and_path() -> None:
    request = parse_request(b"SETUP rtsp://c:554/gate/video RTSP/1.0\r\nCSeq: 3\r\nTransport: x;y\r\n\r\n")
    assert request.method == "SETUP"
    assert request.path == "gate/video"
    assert request.headers == {"cseq": "3", "transport": "x;y"}


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_anything_but_a_request_is_a_value_error(head: bytes) -> None:
    try:
        request = parse_request(head)
    except ValueError:
        return
    assert b"RTSP/1.0" in head
    assert request.method in head.decode("latin-1")


def test_a_response_carries_the_cseq_and_length() -> None:
    answer = response(200, "9", [("Content-Type", "application/sdp")], "v=0\r\n")
    assert answer.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 9\r\n")
    assert b"Content-Length: 5\r\n\r\nv=0\r\n" in answer


def test_a_camera_is_described_on_one_line() -> None:
    [plan] = parse_plans(
        "gate:loop:gop=10:kbps=500:auth=viewer/p:audio:stall=3:jump=4:fault=junk:after=2:session=9:to=x"
    )
    assert plan.name == "gate"
    assert not plan.live
    assert (plan.coding.gop_s, plan.coding.kbps) == (10.0, 500)
    assert (plan.username, plan.password) == ("viewer", "p")
    assert (plan.audio, plan.stall_after_s, plan.jump_after_s) == (True, 3.0, 4.0)
    assert plan.fault is Fault.JUNK
    assert (plan.after_s, plan.session_s, plan.target) == (2.0, 9.0, "x")


def test_codec_b_frames_rate_and_size_are_options() -> None:
    [plan] = parse_plans("sub:codec=h265:bframes=2:size=352x288:fps=25")
    coding = plan.coding
    assert (coding.encoding, coding.b_frames) == (Encoding.H265, 2)
    assert coding.fps == 25
    assert (coding.width, coding.height) == (352, 288)


def test_many_cameras_are_described_by_one_word() -> None:
    assert [plan.name for plan in parse_plans("load*3:loop")] == ["load-0", "load-1", "load-2"]


@pytest.mark.parametrize(
    "text",
    ["a:what", "a:gop=often", "a:fault=none-such", "a:codec=vp8", "a:size=small", "a:fps=quick", "a*many"],
)
def test_an_unknown_option_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_plans(text)


def test_a_plan_never_shows_its_password() -> None:
    assert "hunter2" not in repr(CameraPlan("gate", password="hunter2"))
