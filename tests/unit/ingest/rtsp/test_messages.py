"""RTSP messages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.messages import (
    BadMessage,
    Request,
    Response,
    body_length,
    head_end,
    parse,
    request,
    response,
)

_WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEF-0123456789", min_size=1, max_size=12)
_VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)


@settings(max_examples=50)
@given(_WORD, _VALUE.filter(bool), st.lists(st.tuples(_WORD, _VALUE), max_size=8))
def test_what_is_written_is_read_again(method: str, uri: str, headers: list[tuple[str, str]]) -> None:
    read = parse(request(method, uri, headers))
    assert isinstance(read, Request)
    assert (read.method, read.uri) == (method, uri)
    assert read.headers == tuple((name.lower(), value) for name, value in headers)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_noise_is_a_message_or_a_bad_one_and_nothing_else(noise: bytes) -> None:
    for head in (noise, b"RTSP/1.0 " + noise, b"OPTIONS * RTSP/1.0\r\n" + noise):
        try:
            body_length(head)
            parse(head)
        except BadMessage:
            continue


def test_a_response_has_a_status_and_all_headers_of_a_name() -> None:
    read = parse(
        b"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic realm=a\r\n"
        b"www-authenticate: Digest\r\n  realm=b\r\n\r\n"
    )
    assert isinstance(read, Response)
    assert (read.status, read.ok, read.header("cseq")) == (401, False, "2")
    assert read.all("www-authenticate") == ("Basic realm=a", "Digest realm=b")


def test_lines_may_end_with_line_feeds_alone() -> None:
    data = b"RTSP/1.0 200 OK\nCSeq: 1\n\n$rest\r\n\r\n"
    end = head_end(data, 0, len(data))
    assert data[end:] == b"$rest\r\n\r\n"
    assert parse(data[:end]).header("cseq") == "1"


def test_a_head_that_is_not_all_there_has_no_end() -> None:
    data = response(200, "OK", [("CSeq", "1")])
    assert [head_end(data, 0, size) for size in range(len(data))] == [-1] * len(data)
    assert head_end(data, 0, len(data)) == len(data)


@pytest.mark.parametrize("length", ["-1", "1e3", "65537", "9" * 20, "٣"])
def test_a_body_of_no_sensible_length_is_refused(length: str) -> None:
    with pytest.raises(BadMessage):
        body_length(f"RTSP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())


def test_no_line_end_gets_into_a_request() -> None:
    with pytest.raises(BadMessage):
        request("DESCRIBE", "rtsp://camera/x\r\nEvil: yes", [])
