"""What real clients offer is answered so that they get pictures, or refused in a sentence that helps."""

from dataclasses import dataclass
from itertools import count

import pytest
from aiortc.sdp import SessionDescription

from mux.sdp.answer import Answer, Credentials, choose_formats, some_sources
from mux.sdp.offer import Offer, parse_offer
from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput, Unsupported
from tests.support import offers

_ADDRESS = ("192.0.2.1", 8444)


@dataclass(frozen=True, slots=True)
class Right:
    """Our payload types, what is said of the first, where the video is, and what is bundled."""

    types: str
    parameters: str
    video: int = 0
    bundle: str = "0"
    playout_delay: bool = False


_MODE_1 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
RIGHT = {
    "Chromium": (offers.CHROMIUM, Right("116 117", _MODE_1 + "4d001f", 1, "0 1", True)),
    "Safari": (offers.SAFARI, Right("96 97 100 101", _MODE_1 + "640c1f", playout_delay=True)),
    "Firefox": (offers.FIREFOX, Right("126 127", _MODE_1 + "42e01f", playout_delay=True)),
    "Firefox, sound first": (offers.FIREFOX_MAX_BUNDLE, Right("126", _MODE_1 + "42e01f", 1, "0 1")),
    "webrtcbin": (offers.WEBRTCBIN, Right("96", "", bundle="video0")),
    "webrtcbin with caps": (offers.WEBRTCBIN_WITH_CAPS, Right("96", "packetization-mode=1", bundle="video0")),
    "libdatachannel": (offers.LIBDATACHANNEL, Right("98", _MODE_1 + "42e01f", bundle="video")),
    "Pion": (offers.PION, Right("102", _MODE_1 + "42001f")),
    "aiortc": (offers.AIORTC, Right("99 100", _MODE_1 + "42001f")),
}


def answer_to(offer: Offer, profile_idc: int = 100) -> str:
    formats = choose_formats(offer, profile_idc)
    rtx = formats[0].rtx_payload_type is not None
    sources = some_sources(len(offer.videos), rtx=rtx, pick=count(11).__next__)
    ours = Fingerprint("sha-256", offers.DIGEST)
    return Answer(offer, formats, tuple(sources), Credentials("a" * 8, "b" * 32), ours, _ADDRESS).render()


def sections_of(answer: str) -> list[str]:
    """What is said of each section, and before them of all."""
    return answer.replace("\r\n", "\n").split("\nm=")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("client", RIGHT)
def test_a_real_offer_is_answered_so_that_pictures_come(client: str, line_end: str) -> None:
    text, right = RIGHT[client]
    answer = answer_to(parse_offer(text.replace("\n", line_end)))
    head, *media = sections_of(answer)
    video = media[right.video]
    assert video.startswith(f"video 8444 UDP/TLS/RTP/SAVPF {right.types}\n")
    first = right.types.split(" ")[0]
    fmtp = [line for line in video.split("\n") if line.startswith(f"a=fmtp:{first} ")]
    assert fmtp == ([f"a=fmtp:{first} {right.parameters}"] if right.parameters else [])
    assert f"a=group:BUNDLE {right.bundle}" in head.split("\n")
    assert ("playout-delay" in video) == right.playout_delay
    for line in ("a=sendonly", "a=rtcp-mux", "a=ice-ufrag:aaaaaaaa", "a=setup:active"):
        assert line in video.split("\n")
    assert len(media) == text.count("\nm=")
    parsed = SessionDescription.parse(answer)
    assert parsed.media[right.video].direction == "sendonly"


@pytest.mark.parametrize("client", ["Chromium", "Firefox, sound first"])
def test_the_section_that_carries_the_transport_is_accepted_and_silent(client: str) -> None:
    """Chromium of max-bundle refuses an answer that rejects it: "Failed to setup RTCP mux"."""
    _, sound, _ = sections_of(answer_to(parse_offer(RIGHT[client][0])))
    lines = sound.split("\n")
    assert lines[0].startswith("audio 8444 UDP/TLS/RTP/SAVPF 1")
    assert {"a=inactive", "a=rtcp-mux", "a=mid:0", "a=setup:active"} <= set(lines)
    assert any("opus/48000/2" in line for line in lines)
    assert not any(line.startswith(("a=ssrc", "a=msid")) for line in lines)


def test_a_data_channel_beside_the_picture_is_refused() -> None:
    _, _, data = sections_of(answer_to(parse_offer(offers.LIBDATACHANNEL)))
    assert data.startswith("application 0 UDP/DTLS/SCTP webrtc-datachannel\n")


def test_firefox_without_its_h264_plugin_is_told_what_is_missing() -> None:
    with pytest.raises(Unsupported, match=r"no H\.264, only AV1, VP8, VP9: "):
        parse_offer(offers.FIREFOX_WITHOUT_H264)


def test_without_mid_and_bundle_the_answer_has_none_either() -> None:
    text = offers.PION.replace("a=group:BUNDLE 0\n", "").replace("a=mid:0\n", "")
    answer = answer_to(parse_offer(text))
    assert "BUNDLE" not in answer
    assert "a=mid" not in answer


def test_a_video_section_that_is_given_up_is_passed_over_for_one_that_is_not() -> None:
    given_up = (
        "m=video 0 UDP/TLS/RTP/SAVPF 96\nc=IN IP4 0.0.0.0\na=mid:9\na=inactive\na=rtpmap:96 H264/90000\n"
    )
    text = offers.PION.replace("m=video", given_up + "m=video")
    _, first, second = sections_of(answer_to(parse_offer(text)))
    assert first.startswith("video 0 ")
    assert second.startswith("video 8444 ")


@pytest.mark.parametrize(
    ("direction", "wanted"),
    [("sendrecv", True), ("recvonly", True), ("sendonly", False), ("inactive", False)],
)
@pytest.mark.parametrize("place", ["section", "session"])
def test_who_does_not_want_to_receive_is_told_so(direction: str, wanted: bool, place: str) -> None:
    text = offers.PION.replace("a=recvonly\n", "" if place == "session" else f"a={direction}\n")
    text = text.replace("a=extmap-allow-mixed\n", f"a={direction}\n" if place == "session" else "")
    if wanted:
        assert "a=sendonly" in answer_to(parse_offer(text))
        return
    with pytest.raises(BadInput, match="receive video"):
        parse_offer(text)
