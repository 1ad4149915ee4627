"""`python -m shared.transcoder.redactor`: covers boxes of a film's pictures and codes them anew as H.264.

Started by storage: a line of masks, then units by its standard input; H.264 units come out, one for each
picture that was decoded, at its time.
"""

import os
import sys
from collections.abc import Iterator
from fractions import Fraction

import av
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from shared.errors import BadInput
from shared.masks import covered
from shared.mediatime import TICKS_PER_SECOND, ns_from_90k
from shared.redaction import MOST_LINE_BYTES, RedactionSetup
from shared.transcoder.child import behave, keep_answers_apart
from shared.transcoder.decoder import Decoder
from shared.transcoder.masking import masked
from shared.transcoding.framing import Finish, Settled, encoded, read_from
from shared.units import AccessUnit, Codec, UtcSource

_GOP_TICKS90 = 2 * TICKS_PER_SECOND
_TIME_BASE = Fraction(1, TICKS_PER_SECOND)
_NICENESS = 10


class Redacting:
    """One film. A picture waits for the next one: only then it is known until when it is shown."""

    def __init__(self, setup: RedactionSetup) -> None:
        self.left_out = 0
        """Units that gave no picture, because they could not be decoded, and pictures that came too late."""
        self._setup = setup
        self._decoder = Decoder()
        self._coder: VideoCodecContext | None = None
        self._held: av.VideoFrame | None = None
        self._key90: int | None = None
        self._last: AccessUnit | None = None
        self._seq = 0

    def take(self, unit: AccessUnit) -> Iterator[AccessUnit]:
        """What the next unit completes. Raises BadInput where a picture cannot be coded."""
        self._last = unit
        try:
            pictures = self._decoder.decode(unit)
        except BadInput:
            self.left_out += 1
            return
        for picture in pictures:
            yield from self._show(picture)

    def finish(self) -> Iterator[AccessUnit]:
        """The last pictures. Raises BadInput."""
        try:
            pictures = self._decoder.finish()
        except BadInput:
            pictures = []
        for picture in pictures:
            yield from self._show(picture)
        if self._held is not None:
            assert self._held.pts is not None
            yield self._coded(self._held, self._held.pts + TICKS_PER_SECOND)

    def _show(self, picture: av.VideoFrame) -> Iterator[AccessUnit]:
        held = self._held
        if picture.pts is None or (held is not None and held.pts is not None and picture.pts <= held.pts):
            self.left_out += 1
            return
        self._held = picture
        if held is not None:
            yield self._coded(held, picture.pts)

    def _coded(self, picture: av.VideoFrame, until90: int) -> AccessUnit:
        assert picture.pts is not None
        assert self._last is not None
        start_ns, end_ns = (self._setup.origin_ns + ns_from_90k(at90) for at90 in (picture.pts, until90))
        made = masked(picture, covered(self._setup.tracks, start_ns, end_ns))
        anew = self._coder is None or (self._coder.width, self._coder.height) != (made.width, made.height)
        if anew:
            self._coder = _coder(made, picture)
        assert self._coder is not None
        key = anew or self._key90 is None or picture.pts - self._key90 >= _GOP_TICKS90
        made.time_base = _TIME_BASE
        made.pict_type = PictureType.I if key else PictureType.NONE
        try:
            (packet,) = self._coder.encode(made)
        except (FFmpegError, ValueError) as error:
            raise BadInput(f"a picture of {made.width}x{made.height} cannot be coded: {error}") from error
        self._key90 = picture.pts if packet.is_keyframe else self._key90
        self._seq += 1
        return AccessUnit(
            stream=self._last.stream,
            run=1,
            seq=self._seq - 1,
            pts90=picture.pts,
            utc_ns=self._last.utc_ns,
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=packet.is_keyframe,
            codec=Codec.H264,
            data=bytes(packet),
        )


def _coder(made: av.VideoFrame, picture: av.VideoFrame) -> VideoCodecContext:
    """One that holds no picture back, and loses little: what is not covered is to be seen as it was."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = made.width, made.height, "yuv420p"
    context.time_base, context.framerate = _TIME_BASE, Fraction(25)
    context.color_primaries, context.color_trc = picture.color_primaries, picture.color_trc
    context.colorspace = picture.colorspace
    context.thread_count = 1
    context.options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "crf": "18",
        "forced-idr": "1",
        "x264-params": "keyint=infinite:scenecut=0:repeat-headers=1:annexb=1",
    }
    return context


def main() -> None:
    """Redact until the pipe is closed."""
    answers = keep_answers_apart()
    behave()
    units = sys.stdin.buffer
    work = Redacting(RedactionSetup.read(units.readline(MOST_LINE_BYTES)))
    while (message := read_from(units)) is not None:
        if isinstance(message, AccessUnit | Finish):
            left_out = work.left_out
            for made in work.finish() if isinstance(message, Finish) else work.take(message):
                answers.write(encoded(made))
            answers.write(encoded(Settled(work.left_out - left_out)))
            answers.flush()


if __name__ == "__main__":
    os.nice(_NICENESS)
    main()
