"""What a transcoder does for thumbnails: key units of any codec in, small JPEG pictures out."""

from dataclasses import replace
from fractions import Fraction

import av
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from shared.errors import BadInput
from shared.mediatime import TICKS_PER_SECOND
from shared.transcoder.decoder import Decoder
from shared.transcoder.fitting import size_within
from shared.transcoding.limits import Limits
from shared.units import AccessUnit, Codec

_QUANTISER = 5
"""Of 2 to 31: clear enough to recognise a place, a few kilobytes of a street."""
_LAMBDA = 118
"""What a quantiser is multiplied by in libavcodec (FF_QP2LAMBDA)."""


class Stills:
    """Each unit stands alone: it is decoded by a decoder of its own. `trouble` is why nothing came of it."""

    def __init__(self, limits: Limits) -> None:
        self.trouble = ""
        self.skipped = 0
        self._limits = limits

    def key_picture_wanted(self) -> None:
        """Each is one."""

    def take(self, unit: AccessUnit, *, behind: bool) -> list[AccessUnit]:
        """The picture of a unit; none where it cannot be decoded alone. `behind` changes nothing."""
        self.trouble = ""
        decoder = Decoder()
        try:
            frames = [*decoder.decode(unit), *decoder.finish()]
            if not frames:
                raise BadInput(f"the camera's {unit.codec} holds no picture that can be decoded")
            data = _jpeg(frames[0], self._limits.longest_side)
        except BadInput as error:
            self.trouble = error.detail
            return []
        return [replace(unit, codec=Codec.MJPEG, data=data, reordered=False, recovery=0)]

    def finish(self) -> list[AccessUnit]:
        """Nothing is held back."""
        return []


def _jpeg(frame: av.VideoFrame, longest_side: int) -> bytes:
    width, height = size_within(frame.width, frame.height, longest_side)
    try:
        small = frame.reformat(width, height, format="yuvj420p", dst_color_range="JPEG")
        small.pts = 0
        context = av.CodecContext.create("mjpeg", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuvj420p"
        context.time_base = small.time_base = Fraction(1, TICKS_PER_SECOND)
        context.thread_count = 1
        context.flags |= Flags.qscale
        context.options = {"global_quality": str(_QUANTISER * _LAMBDA)}
        packets = [*context.encode(small), *context.encode(None)]
    except (FFmpegError, MemoryError, ValueError) as error:
        raise BadInput(f"a picture of {frame.width}x{frame.height} cannot be made small: {error}") from error
    return b"".join(map(bytes, packets))
