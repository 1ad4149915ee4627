"""Pictures to coded pictures, by libx264 and libx265. The simulator's only use of `av`."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import av
import av.video.frame
from av.video.codeccontext import VideoCodecContext

from ingest.simulator.clock_strip import Image


class Encoding(StrEnum):
    H264 = "libx264"
    H265 = "libx265"


@dataclass(frozen=True, slots=True)
class Coding:
    """How pictures are coded. `b_frames` other than 0 is what browsers cannot show without delay."""

    width: int = 704
    height: int = 576
    fps: Fraction = Fraction(25, 2)
    gop_s: float = 2.0
    kbps: int = 1000
    b_frames: int = 0
    encoding: Encoding = Encoding.H264

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
    """One coded picture as an Annex B byte stream; a key picture carries its parameter sets."""

    key: bool
    data: bytes


class Encoder:
    """One camera's encoder."""

    def __init__(self, coding: Coding) -> None:
        context = av.CodecContext.create(coding.encoding.value, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = coding.width, coding.height, "yuv420p"
        context.framerate = coding.fps
        context.time_base = 1 / coding.fps
        context.bit_rate = coding.kbps * 1000
        context.thread_count = 1
        context.options = _options(coding)
        self._context = context
        self._count = 0

    def encode(self, planes: Image, *, key: bool = False) -> list[Coded]:
        """The coded pictures that this I420 picture completes: itself, unless B-frames hold it back."""
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = self._count
        self._count += 1
        if key:
            frame.pict_type = av.video.frame.PictureType.I
        return [Coded(packet.is_keyframe, bytes(packet)) for packet in self._context.encode(frame)]

    def finish(self) -> list[Coded]:
        """What the encoder still holds back."""
        return [Coded(packet.is_keyframe, bytes(packet)) for packet in self._context.encode(None)]


def _options(coding: Coding) -> dict[str, str]:
    shared = f"keyint={coding.gop}:min-keyint={coding.gop}:scenecut=0:repeat-headers=1:annexb=1"
    if coding.encoding is Encoding.H265:
        return {"preset": "ultrafast", "x265-params": shared + ":bframes=0:log-level=none:pools=none"}
    rate = f":vbv-maxrate={coding.kbps}:vbv-bufsize={coding.kbps}"
    if coding.b_frames:
        return {"preset": "superfast", "x264-params": shared + rate + f":bframes={coding.b_frames}:b-adapt=0"}
    return {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "forced-idr": "1",
        "x264-params": shared + rate,
    }
