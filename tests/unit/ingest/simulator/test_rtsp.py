"""RTSP messages and options of the simulated camera."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.rtsp import parse_request, response


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
