"""Offers read, answers written."""

import contextlib
from itertools import count

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from mux.sdp.answer import Answer, Credentials, choose_formats, some_sources
from mux.sdp.offer import Offer, parse_offer
from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported
from tests.support.light_sdp import offer as light_offer

DIGEST = ":".join(["AB"] * 32)
OURS = Fingerprint("sha-256", ":".join(["CD"] * 32))
CREDENTIALS = Credentials("0123abcd", "0123456789abcdef0123456789abcdef")


def browser_offer(
    *, codecs: str = "", setup: str = "actpass", direction: str = "recvonly", extra: str = "", head: str = ""
) -> str:
    """What Chromium sends, cut to what matters: sound first, then video with several H.264 profiles."""
    video = codecs or (
        "a=rtpmap:96 VP8/90000\n"
        "a=rtpmap:102 H264/90000\n"
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\n"
        "a=rtpmap:103 rtx/90000\na=fmtp:103 apt=102\n"
        "a=rtpmap:104 H264/90000\n"
        "a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\n"
        "a=rtpmap:116 H264/90000\n"
        "a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f\n"
        "a=rtpmap:117 rtx/90000\na=fmtp:117 apt=116\n"
        "a=rtpmap:112 H264/90000\n"
        "a=fmtp:112 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f\n"
    )
    return (
        "v=0\no=- 46 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0 1\n"
        + head
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111\n"
        "a=mid:0\na=rtpmap:111 opus/48000/2\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96 102 103 104 116 117 112\nc=IN IP4 0.0.0.0\na=mid:1\n"
        f"a={direction}\na=rtcp-mux\na=rtcp-rsize\na=ice-ufrag:abcd\na=ice-pwd:0123456789abcdef012345\n"
        f"a=fingerprint:sha-256 {DIGEST}\na=setup:{setup}\n"
        "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\n" + video + extra
    ).replace("\n", "\r\n")


def answer_to(offer: Offer, profile_idc: int | None = None) -> str:
    formats = choose_formats(offer, profile_idc)
    rtx = formats[0].rtx_payload_type is not None
    sources = some_sources(len(offer.videos), rtx=rtx, pick=count(11).__next__)
    return Answer(offer, formats, tuple(sources), CREDENTIALS, OURS, ("192.0.2.1", 8444)).render()


def test_an_offer_is_read() -> None:
    offer = parse_offer(browser_offer())
    assert [line.kind for line in offer.media] == ["audio", "video"]
    assert offer.videos == (1,)
    assert [(one.payload_type, one.rtx_payload_type) for one in offer.formats] == [
        (102, 103),
        (104, None),
        (116, 117),
        (112, None),
    ]
    assert offer.fingerprints == (Fingerprint("sha-256", DIGEST),)
    assert (offer.playout_delay_id, offer.bundled, offer.reduced_size) == (5, True, True)


@pytest.mark.parametrize(
    ("profile_idc", "payload_type"), [(66, 102), (77, 116), (100, 112), (None, 112), (110, 112), (244, 112)]
)
def test_the_payload_type_suits_the_streams_profile(profile_idc: int | None, payload_type: int) -> None:
    assert choose_formats(parse_offer(browser_offer()), profile_idc)[0].payload_type == payload_type


def test_the_only_payload_type_offered_is_taken() -> None:
    assert choose_formats(parse_offer(light_offer(DIGEST)), 100)[0].payload_type == 102


def test_an_answer_is_understood_by_another_implementation() -> None:
    parsed = SessionDescription.parse(answer_to(parse_offer(browser_offer()), 66))
    sound, video = parsed.media
    assert (sound.kind, sound.port, sound.direction) == ("audio", 0, "inactive")
    assert (video.kind, video.port, video.direction) == ("video", 8444, "sendonly")
    assert video.rtcp_mux
    assert video.ice is not None
    assert video.ice.iceLite
    assert (video.ice.usernameFragment, video.ice.password) == (CREDENTIALS.ufrag, CREDENTIALS.password)
    assert [(c.ip, c.port, c.type) for c in video.ice_candidates] == [("192.0.2.1", 8444, "host")]
    assert video.ice_candidates_complete
    assert video.dtls is not None
    assert video.dtls.role == "client"
    assert [(one.algorithm, one.value) for one in video.dtls.fingerprints] == [("sha-256", OURS.value)]
    assert [codec.payloadType for codec in video.rtp.codecs] == [102, 103]
    assert video.rtp.codecs[0].parameters["packetization-mode"] == "1"
    assert {(f.type, f.parameter) for f in video.rtp.codecs[0].rtcpFeedback} == {
        ("nack", None),
        ("nack", "pli"),
        ("ccm", "fir"),
    }
    assert [(one.id, one.uri.rpartition("/")[2]) for one in video.rtp.headerExtensions] == [
        (5, "playout-delay")
    ]
    assert [group.items for group in parsed.group] == [["1"]]


def test_the_primary_source_comes_before_the_one_of_rtx() -> None:
    parsed = SessionDescription.parse(answer_to(parse_offer(browser_offer()), 66))
    assert [one.ssrc for one in parsed.media[1].ssrc] == [11, 12]
    assert parsed.media[1].ssrc_group[0].items == [11, 12]


def test_without_rtx_in_the_offer_the_answer_has_one_source() -> None:
    text = answer_to(parse_offer(light_offer(DIGEST, rtx=False)))
    assert "FID" not in text
    assert "rtx" not in text


def test_an_offer_without_h264_is_told_what_it_has() -> None:
    with pytest.raises(Unsupported, match=r"no H\.264, only VP8, VP9"):
        parse_offer(browser_offer(codecs="a=rtpmap:96 VP8/90000\na=rtpmap:102 VP9/90000\n"))


def test_an_offer_with_h264_in_mode_0_only_is_answered_with_it() -> None:
    answer = answer_to(parse_offer(light_offer(DIGEST, mode=0)))
    assert "packetization-mode=0" in answer


def test_an_offer_of_sound_alone_is_told_so() -> None:
    with pytest.raises(Unsupported, match="asks for no video"):
        parse_offer(browser_offer().split("m=video")[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no SDP"),
        ("hello", "no SDP"),
        (browser_offer(setup="holdconn"), "who begins"),
        (browser_offer().replace("a=setup:actpass\r\n", ""), "who begins"),
        (browser_offer(direction="sendonly"), "receive video"),
        (browser_offer().replace("a=ice-ufrag:abcd\r\n", ""), "ice-ufrag"),
        (browser_offer().replace("sha-256", "md5"), "fingerprint"),
        (browser_offer().replace("a=rtcp-mux\r\n", ""), "rtcp-mux"),
        (browser_offer().replace("m=video 9", "m=video nine"), "m= line"),
        (browser_offer().replace("a=mid:1", "a=mid:" + "x" * 400), "mid"),
        ("v=0\r\n" + "a=x\r\n" * 3000, "no SDP"),
    ],
)
def test_an_offer_that_cannot_be_used_is_told_why(text: str, reason: str) -> None:
    with pytest.raises((BadInput, Unsupported), match=reason):
        parse_offer(text)


@pytest.mark.parametrize(
    ("offered", "answered"), [("actpass", "active"), ("passive", "active"), ("active", "passive")]
)
def test_mux_begins_the_handshake_unless_the_offer_insists(offered: str, answered: str) -> None:
    answer = answer_to(parse_offer(browser_offer(setup=offered)), 66)
    assert f"a=setup:{answered}\r\n" in answer
    assert answer.count("a=setup:") == 1


_lines = browser_offer().split("\r\n")


@given(st.lists(st.sampled_from(_lines) | st.text(max_size=40), max_size=60), st.booleans())
def test_any_text_is_read_or_refused_by_an_error_of_ours(lines: list[str], start: bool) -> None:
    try:
        offer = parse_offer("\r\n".join((["v=0"] if start else []) + lines))
    except (BadInput, Unsupported):
        return
    SessionDescription.parse(answer_to(offer))


@given(st.integers(0, len(_lines) - 1), st.text(max_size=60))
def test_an_offer_with_one_line_changed_is_read_or_refused_by_an_error_of_ours(at: int, line: str) -> None:
    changed = [*_lines[:at], _lines[at][: len(line)] + line, *_lines[at + 1 :]]
    with contextlib.suppress(BadInput, Unsupported):
        answer_to(parse_offer("\r\n".join(changed)))


def test_the_password_does_not_show_in_a_repr() -> None:
    assert CREDENTIALS.password not in repr(CREDENTIALS)
