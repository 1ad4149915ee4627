"""Keeping a camera's session by the verb it takes."""

from ingest.rtsp.keepalive import KeepAlive, Verb
from ingest.rtsp.messages import Response, parse


def answer(status: int) -> Response:
    parsed = parse(f"RTSP/1.0 {status} Whatever\r\nCSeq: 1\r\n\r\n".encode())
    assert isinstance(parsed, Response)
    return parsed


def test_the_first_verb_the_camera_lists_is_taken() -> None:
    keep = KeepAlive()
    keep.listed("DESCRIBE, SETUP, options , set_parameter")
    assert keep.verb is Verb.OPTIONS


def test_a_refused_verb_makes_way_for_the_next_and_the_first_comes_again() -> None:
    keep = KeepAlive()
    tried = []
    for _ in range(4):
        tried.append(keep.verb)
        keep.answered(answer(405))
    assert tried == [Verb.GET_PARAMETER, Verb.OPTIONS, Verb.SET_PARAMETER, Verb.GET_PARAMETER]


def test_a_verb_that_is_answered_goes_on() -> None:
    keep = KeepAlive()
    keep.answered(answer(200))
    assert keep.verb is Verb.GET_PARAMETER
