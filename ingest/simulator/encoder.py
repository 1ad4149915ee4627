"""Pictures to coded pictures, by FFmpeg's encoders and, for JPEG, OpenCV's."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import av
import av.video.frame
import cv2
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ingest.simulator.clock_strip import Image

JPEG_QUALITY = 60


class Encoding(StrEnum):
    """What a camera sends. The values are those of its option `codec`."""

    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"
    MPEG4 = "mpeg4"


_ENCODERS = {Encoding.H264: "libx264", Encoding.H265: "libx265", Encoding.MPEG4: "mpeg4"}


@dataclass(frozen=True, slots=True)
class Coding:
    """How pictures are coded. With `b_frames` they come out in another order than they are shown in.

    `refresh`: only the first picture is a key picture; what would be others are recovery points, from which
    on a stripe at a time is coded anew. `interlaced` and `set_number`, the number of its parameter sets, are
    for H.264 alone.
    """

    width: int = 704
    height: int = 576
    fps: Fraction = Fraction(25, 2)
    gop_s: float = 2.0
    kbps: int = 1000
    b_frames: int = 0
    encoding: Encoding = Encoding.H264
    refresh: bool = False
    interlaced: bool = False
    set_number: int = 0

    @property
    def ticks90(self) -> int:
        """90 kHz ticks from one picture to the next."""
        return int(90_000 / self.fps)

    @property
    def gop(self) -> int:
        """Pictures from one key picture to the next."""
        return max(1, round(self.gop_s * self.fps))


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture, as `shared.units.AccessUnit` has its data; a key picture carries its parameter sets.

    `shown` is its place in the order of showing: the number of the picture it was made of.
    """

    key: bool
    data: bytes
    shown: int


class Encoder:
    """One camera's encoder."""

    def __init__(self, coding: Coding) -> None:
        self._context = None if coding.encoding is Encoding.MJPEG else _context(coding)
        self._count = 0

    def encode(self, planes: Image, *, key: bool = False) -> list[Coded]:
        """The coded pictures that this I420 picture completes: itself, unless B-frames hold it back."""
        number, self._count = self._count, self._count + 1
        if self._context is None:
            return [Coded(True, _jpeg(planes), number)]
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = number
        if key:
            frame.pict_type = av.video.frame.PictureType.I
        return _coded(self._context.encode(frame))

    def finish(self) -> list[Coded]:
        """What the encoder still holds back."""
        return [] if self._context is None else _coded(self._context.encode(None))


def _context(coding: Coding) -> VideoCodecContext:
    context = av.CodecContext.create(_ENCODERS[coding.encoding], "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = coding.width, coding.height, "yuv420p"
    context.framerate = coding.fps
    context.time_base = 1 / coding.fps
    context.bit_rate = coding.kbps * 1000
    context.gop_size, context.max_b_frames = coding.gop, coding.b_frames
    context.thread_count = 1
    context.options = _options(coding)
    return context


def _jpeg(planes: Image) -> bytes:
    """With the standard tables of JPEG_QUALITY, as RFC 2435 wants it."""
    image = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)
    _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return jpeg.tobytes()


def _coded(packets: Iterable["Packet[VideoStream]"]) -> list[Coded]:
    return [Coded(packet.is_keyframe, bytes(packet), packet.pts or 0) for packet in packets]


def _options(coding: Coding) -> dict[str, str]:
    shared = (
        f"keyint={coding.gop}:min-keyint={coding.gop}:scenecut=0:repeat-headers=1:annexb=1"
        f":bframes={coding.b_frames}"
    )
    if coding.refresh:
        shared += ":intra-refresh=1"
    match coding.encoding:
        case Encoding.MPEG4:
            # Closed groups of pictures exist only without a search for changes of scene.
            return {"flags": "+cgop", "sc_threshold": "1000000000"}
        case Encoding.H265:
            # The encoder's default blocks would cost half as much again.
            own = (
                f":open-gop=0:b-adapt=0:rc-lookahead={coding.b_frames + 1}:ctu=16:min-cu-size=16"
                ":log-level=none:pools=none:frame-threads=1"
            )
            return {"preset": "ultrafast", "forced-idr": "1", "x265-params": shared + own}
    shared += f":sps-id={coding.set_number}"
    if coding.interlaced:
        shared += ":interlaced=1"
    shared += f":vbv-maxrate={coding.kbps}:vbv-bufsize={coding.kbps}"
    if coding.b_frames:
        return {"preset": "superfast", "forced-idr": "1", "x264-params": shared + ":b-adapt=0"}
    return {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "main" if coding.interlaced else "baseline",
        "forced-idr": "1",
        "x264-params": shared,
    }
