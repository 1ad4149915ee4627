"""SDP fragments that change how a peer is reached."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.sdp.fragment import parse_fragment, render_fragment
from mux.sdp.offer import IceUser
from shared.errors import BadInput
from tests.unit.mux.sdp.test_answer_wall import ADDRESS, CREDENTIALS


def test_a_fragment_of_a_new_ice_session_is_read() -> None:
    remote = parse_fragment(
        "a=ice-options:trickle\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\n"
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\n"
        "a=candidate:1 1 udp 1 198.51.100.1 39132 typ host\r\na=end-of-candidates\r\n"
    )
    assert remote == IceUser("abcd", "0123456789abcdef012345")


def test_ours_can_be_read_by_the_same_rules() -> None:
    ours = parse_fragment(render_fragment(CREDENTIALS, ADDRESS, "7"))
    assert ours == IceUser(CREDENTIALS.ufrag, CREDENTIALS.password)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", "no SDP fragment"),
        ("a=ice-ufrag:abcd\r\n", "only one of"),
        ("a=ice-ufrag:\r\na=ice-pwd:x\r\n", "empty or too long"),
        ("a=ice-ufrag:x\r\na=ice-pwd:" + "x" * 300, "empty or too long"),
        ("a=x\r\n" * 501, "more than 500 lines"),
    ],
)
def test_a_fragment_that_cannot_be_used_is_told_why(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        parse_fragment(text)


@given(st.text(max_size=200))
def test_any_text_is_a_fragment_or_refused_by_an_error_of_ours(text: str) -> None:
    with contextlib.suppress(BadInput):
        parse_fragment(text)
