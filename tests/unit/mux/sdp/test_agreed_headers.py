"""The headers that a viewer's packets are given by what was negotiated."""

from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.sdp.agreed_headers import Headers
from mux.sdp.answer import Sources
from mux.sdp.formats import VideoFormat
from shared.units import Codec

H264 = VideoFormat(Codec.H264, 102, 103, "")
H265 = VideoFormat(Codec.H265, 110, None, "")
DELAY = PlayoutDelay(10, 50)


def test_each_codec_has_its_own_payload_types_on_the_same_sources() -> None:
    headers = Headers((H264, H265), 5)
    assert headers.codecs == {Codec.H264, Codec.H265}
    assert headers.of(Sources(1, 2), Codec.H264, DELAY) == (
        RtpFormat(1, 102, 5, DELAY),
        RtpFormat(2, 103, 5, DELAY),
    )
    assert headers.of(Sources(1, 2), Codec.H265, DELAY) == (RtpFormat(1, 110, 5, DELAY), None)


def test_without_a_source_for_retransmissions_there_are_no_headers_of_them() -> None:
    assert Headers((H264,), None).of(Sources(1, None), Codec.H264, DELAY)[1] is None
