"""Which H.265 browsers can be sent as it is, what they offer, and what a channel makes of it."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import av
import pytest
from av.video.codeccontext import VideoCodecContext

from mux.counts import Counts
from mux.sdp.answer import choose_formats
from mux.sdp.offer import parse_offer
from mux.streams.channel import Channel
from mux.streams.profile_h265 import is_main_profile
from mux.streams.stream_parameters import StreamParameters
from shared.clock import SimulatedClock
from shared.units import Codec
from tests.unit.mux.fakes import STREAM, RecordingTransport, idle_pacer, unit
from tests.unit.mux.sdp.test_answer import answer_to, browser_offer

BOTH = frozenset({Codec.H264, Codec.H265})


@cache
def key_unit(pix_fmt: str) -> bytes:
    encoder = av.CodecContext.create("libx265", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 64, 64, pix_fmt
    encoder.time_base, encoder.framerate = Fraction(1, 25), Fraction(25)
    encoder.options = {
        "preset": "ultrafast",
        "x265-params": "repeat-headers=1:annexb=1:log-level=none:pools=none",
    }
    frame = av.VideoFrame(64, 64, pix_fmt)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


@pytest.mark.parametrize(("pix_fmt", "goes"), [("yuv420p", True), ("yuv420p10le", False), ("yuv422p", False)])
def test_eight_bits_of_420_go_and_nothing_else(pix_fmt: str, goes: bool) -> None:
    parameters = StreamParameters()
    parameters.take(replace(unit(0, key=True, codec=Codec.H265), data=key_unit(pix_fmt)))
    assert is_main_profile(parameters.h265) is goes


def test_without_parameters_that_can_be_read_it_does_not_go() -> None:
    assert not is_main_profile(None)


def test_a_channel_tells_when_a_camera_goes_beyond_what_can_be_sent_and_when_it_is_back() -> None:
    told: list[bool] = []
    channel = Channel(
        STREAM,
        RecordingTransport(),
        idle_pacer(),
        SimulatedClock(),
        Counts(),
        sent=lambda _: None,
        changed=lambda one: told.append(one.sendable),
    )
    for seq, pix_fmt in enumerate(("yuv420p", "yuv420p", "yuv420p10le", "yuv420p10le", "yuv420p")):
        channel.take(replace(unit(seq, key=True, codec=Codec.H265), data=key_unit(pix_fmt)))
        assert channel.suits(BOTH) is (pix_fmt == "yuv420p")
        assert not channel.suits(frozenset({Codec.H264}))
    assert told == [True, False, True]


def test_what_a_browser_cannot_be_sent_in_order_is_not_sent() -> None:
    channel = Channel(
        STREAM,
        RecordingTransport(),
        idle_pacer(),
        SimulatedClock(),
        Counts(),
        sent=lambda _: None,
        changed=lambda _: None,
    )
    channel.take(replace(unit(0, key=True), reordered=True))
    assert not channel.suits(BOTH)


def h265_offer(parameters: str) -> str:
    return browser_offer(
        codecs=f"a=rtpmap:96 H265/90000\na=fmtp:96 {parameters}\n"
        "a=rtpmap:103 rtx/90000\na=fmtp:103 apt=96\n"
        "a=rtpmap:116 H264/90000\n"
        "a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\n"
        "a=rtpmap:117 rtx/90000\na=fmtp:117 apt=116\n"
    )


def test_an_answer_takes_h265_with_what_the_offer_says_of_it_behind_h264() -> None:
    said = "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"
    text = answer_to(parse_offer(h265_offer(said)))
    assert "SAVPF 116 117 96 103\r\n" in text
    assert "a=rtpmap:96 H265/90000\r\n" in text
    (line,) = [line for line in text.splitlines() if line.startswith("a=fmtp:96 ")]
    assert set(line.removeprefix("a=fmtp:96 ").split(";")) == set(said.split(";"))


@pytest.mark.parametrize("beyond", ["profile-id=2;tx-mode=SRST", "profile-id=1;tx-mode=MRST"])
def test_h265_that_no_camera_sends_is_left_out_of_the_answer(beyond: str) -> None:
    formats = choose_formats(parse_offer(h265_offer(beyond)), None)
    assert [one.codec for one in formats] == [Codec.H264]


def test_h265_without_parameters_means_the_usual_ones() -> None:
    formats = choose_formats(parse_offer(h265_offer("level-id=93")), None)
    assert [one.codec for one in formats] == [Codec.H264, Codec.H265]
