"""What cameras say of their video."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.headers import session_of, transport_of
from ingest.rtsp.sdp import resolve, video_of

CAMERA = """v=0
o=- 1 1 IN IP4 0.0.0.0
a=control:rtsp://camera/x/
m=audio 0 RTP/AVP 8
a=control:audio
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=framerate:12.5
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAFg,aM48gA==
a=control:video
m=application 0 RTP/AVP 107
a=control:metadata
""".replace("\n", "\r\n")


def test_the_video_of_several_medias_is_found() -> None:
    video = video_of(CAMERA)
    assert video is not None
    assert (video.codec, video.payload_type, video.control) == ("h264", 96, "video")
    assert (video.session_control, video.fps) == ("rtsp://camera/x/", 12.5)
    assert video.parameter_sets == b"\0\0\0\1\x67\x42\xc0\x16\0\0\0\1\x68\xce\x3c\x80"


@pytest.mark.parametrize(
    ("lines", "codec"),
    [
        ("m=video 0 RTP/AVP 26", "mjpeg"),
        ("m=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000", "hevc"),
        ("m=video 0 RTP/AVP 99\r\na=rtpmap:99 MP4V-ES/90000\r\na=fmtp:99 config=000001B0", "mpeg4"),
        ("m=video 0 RTP/AVP 97 96\r\na=rtpmap:97 VP8/90000\r\na=rtpmap:96 H264/90000", "h264"),
        ("m=video 0 RTP/AVP 97\r\na=rtpmap:97 VP8/90000", "vp8"),
        ("m=video 0 RTP/AVP 96", "unknown"),
    ],
)
def test_codecs_have_one_name(lines: str, codec: str) -> None:
    video = video_of(lines)
    assert video is not None
    assert video.codec == codec


def test_without_video_there_is_none() -> None:
    assert video_of("v=0\r\nm=audio 0 RTP/AVP 8\r\nm=video 0 RTP/AVP\r\n") is None


@settings(max_examples=200)
@given(st.text("mav=:;/ ,0123456789ideoRTPAV\r\nsprop-", max_size=200))
def test_no_description_is_too_strange(text: str) -> None:
    video_of(text)
    video_of("m=video 0 RTP/AVP 96\r\na=fmtp:96 " + text)
    session_of(text)
    transport_of(text)


@pytest.mark.parametrize(
    ("base", "control", "expected"),
    [
        ("rtsp://c/live", "", "rtsp://c/live"),
        ("rtsp://c/live", "*", "rtsp://c/live"),
        ("rtsp://c/live", "trackID=1", "rtsp://c/live/trackID=1"),
        ("rtsp://c/live/", "trackID=1", "rtsp://c/live/trackID=1"),
        ("rtsp://c/real?channel=1&sub=0", "trackID=1", "rtsp://c/real?channel=1&sub=0/trackID=1"),
        ("rtsp://c/live", "rtsp://10.0.0.1/other", "rtsp://10.0.0.1/other"),
        ("rtsp://c/live", "http://10.0.0.1/other", "rtsp://c/live"),
        ("rtsp://c:8554/live", "/media/video", "rtsp://c:8554/media/video"),
        ("rtsp://c/live", "two words", "rtsp://c/live"),
    ],
)
def test_controls_are_resolved_as_cameras_mean_them(base: str, control: str, expected: str) -> None:
    assert resolve(base, control) == expected
