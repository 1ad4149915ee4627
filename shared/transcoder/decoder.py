"""Units of any codec to pictures, by libavcodec."""

from contextlib import suppress

import av
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from shared.codecs.h264 import parameter_sets, parse_sps
from shared.errors import BadInput
from shared.units import AccessUnit, Codec

_NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg", Codec.MPEG4: "mpeg4"}
# 7680x4320: a camera's larger picture is a mistake or an attack on our memory.
_MOST_PIXELS = 7680 * 4320
# Where a camera does not say, libavcodec begins with none and learns by losing pictures; more are rare.
_HELD_BACK = "2"


class Decoder:
    """Decodes one camera's units, whatever their codec. A picture's `pts` is the `pts90` of its unit."""

    def __init__(self) -> None:
        self._context: VideoCodecContext | None = None
        self._codec: Codec | None = None
        self._next: tuple[int, int] | None = None
        self._waits_for_key = True

    def decode(self, unit: AccessUnit) -> list[av.VideoFrame]:
        """The pictures that this unit completes: its own, unless pictures come out of order.

        After a hole nothing is given before the next key unit. Raises BadInput for what cannot be decoded.
        """
        self._follow(unit)
        if self._waits_for_key and not unit.key:
            return []
        held = self._outgrown() if unit.key and unit.reordered else []
        if self._context is None:
            self._context = _context(unit)
        packet = av.Packet(unit.data)
        packet.pts = packet.dts = unit.pts90
        try:
            pictures = [*held, *self._context.decode(packet)]
        except (FFmpegError, MemoryError, ValueError) as error:
            raise BadInput(f"the camera's {unit.codec} cannot be decoded: {error}") from error
        self._waits_for_key = False
        return pictures

    def finish(self) -> list[av.VideoFrame]:
        """The pictures still held back: nothing comes after them. Raises BadInput."""
        if self._context is None or self._waits_for_key:
            return []
        try:
            return self._context.decode(None)
        except (FFmpegError, MemoryError, ValueError) as error:
            raise BadInput(f"the last pictures cannot be decoded: {error}") from error

    def _outgrown(self) -> list[av.VideoFrame]:
        """Give up a decoder that passes pictures on as they come, of a stream that has begun to reorder: it
        would lose the B-frames. What it still holds."""
        context = self._context
        if context is None or not context.flags & Flags.low_delay:
            return []
        self._context = None
        with suppress(FFmpegError, MemoryError, ValueError):
            return context.decode(None)
        return []

    def _follow(self, unit: AccessUnit) -> None:
        """Begin anew with another codec or run, and behind a hole."""
        if unit.codec is not self._codec:
            self._codec, self._context, self._next = unit.codec, None, None
        if (unit.run, unit.seq) != self._next:
            self._waits_for_key = True
            if self._context is not None:
                self._context.flush_buffers()
        self._next = (unit.run, unit.seq + 1)


def _context(unit: AccessUnit) -> VideoCodecContext:
    context = av.CodecContext.create(_NAMES[unit.codec], "r")
    assert isinstance(context, VideoCodecContext)
    # Threads by picture would hold as many pictures back.
    context.thread_count = 1
    context.options = {"max_pixels": str(_MOST_PIXELS)}
    if unit.recovery:
        # Else nothing would be shown before all is complete: seconds, and at some cameras for ever.
        context.flags |= Flags.output_corrupt
    if not unit.reordered:
        context.flags |= Flags.low_delay
    elif unit.codec is Codec.H264 and not _says_how_many_wait(unit.data):
        context.options["has_b_frames"] = _HELD_BACK
    return context


def _says_how_many_wait(data: bytes) -> bool:
    """Whether the SPS tells how many pictures a decoder has to hold back to show them in order."""
    sps, _ = parameter_sets(data)
    try:
        return sps is not None and parse_sps(sps).reorder_frames is not None
    except BadInput:
        return False
