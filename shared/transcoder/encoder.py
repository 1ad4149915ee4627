"""Pictures to H.264 that every browser shows: constrained baseline, no picture held back (libx264)."""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from shared.errors import BadInput
from shared.mediatime import TICKS_PER_SECOND
from shared.transcoding.limits import Limits

GOP_TICKS90 = 2 * TICKS_PER_SECOND
"""Most time between key pictures."""

_TIME_BASE = Fraction(1, TICKS_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture as an Annex B byte stream; a key picture carries its parameter sets."""

    key: bool
    data: bytes


class Encoder:
    """Codes pictures of one size, whose `pts` grow."""

    def __init__(self, width: int, height: int, limits: Limits) -> None:
        self.size = (width, height)
        context = av.CodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = _TIME_BASE, Fraction(limits.fps)
        context.thread_count = 1
        context.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "crf": "24",
            "forced-idr": "1",
            # Half a second of buffer: a key picture may be larger than the rest, a burst may not last.
            "x264-params": "keyint=infinite:scenecut=0:repeat-headers=1:annexb=1"
            f":vbv-maxrate={limits.kbps}:vbv-bufsize={limits.kbps // 2}",
        }
        self._context = context
        self._last90: int | None = None
        self._key90: int | None = None

    def follows(self, pts90: int) -> bool:
        """Whether a picture of this time can come next."""
        return self._last90 is None or pts90 > self._last90

    def encode(self, frame: av.VideoFrame, pts90: int, *, key: bool) -> Coded | None:
        """Code a picture in yuv420p; None where the coder gives nothing for it. Raises BadInput."""
        wants_key = key or self._key90 is None or pts90 - self._key90 >= GOP_TICKS90
        frame.pts, frame.time_base = pts90, _TIME_BASE
        # The decoder has left the type the camera's coder had chosen.
        frame.pict_type = PictureType.I if wants_key else PictureType.NONE
        try:
            packets = self._context.encode(frame)
        except (FFmpegError, ValueError) as error:
            raise BadInput(f"a picture of {self.size[0]}x{self.size[1]} cannot be coded: {error}") from error
        self._last90 = pts90
        if not packets:
            return None
        packet = packets[0]
        if packet.is_keyframe:
            self._key90 = pts90
        return Coded(packet.is_keyframe, bytes(packet))
