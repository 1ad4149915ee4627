"""What a transcoder does, without its pipes: units of any codec in, H.264 units out."""

from dataclasses import replace

import av

from shared.errors import BadInput
from shared.mediatime import TICKS_PER_SECOND
from shared.transcoder.decoder import Decoder
from shared.transcoder.encoder import Encoder
from shared.transcoder.fitting import fitted, notice, size_within
from shared.transcoder.rate import Rate
from shared.transcoding.limits import Limits
from shared.units import AccessUnit, Codec

_SILENT_TICKS90 = 2 * TICKS_PER_SECOND
_NOTICE_TICKS90 = TICKS_PER_SECOND
_NOTICE_SIZE = (640, 360)
_MOST_PENDING = 64
_TITLE = "IMAGE ILLISIBLE"


class Work:
    """One stream's transcoding. A picture that comes out tells the time and capture of the one that went in.

    `trouble` is why nothing has come out for two seconds, empty where all is well; what cannot be decoded is
    drawn then: a dark picture with the reason.
    """

    def __init__(self, limits: Limits) -> None:
        self.trouble = ""
        self.skipped = 0
        """Pictures decoded and not coded, because more were waiting."""
        self._limits = limits
        self._decoder = Decoder()
        self._encoder: Encoder | None = None
        self._rate = Rate(limits.fps)
        self._size = _NOTICE_SIZE
        self._pending: dict[int, AccessUnit] = {}
        self._run: int | None = None
        self._seq = 0
        self._key_wanted = False
        self._shown90: int | None = None
        """The time of the newest picture that came out, at first that of the first unit."""
        self._noticed90: int | None = None
        self._coded90: int | None = None

    def key_picture_wanted(self) -> None:
        """The next picture is to be a key picture."""
        self._key_wanted = True

    def take(self, unit: AccessUnit, *, behind: bool) -> list[AccessUnit]:
        """The next unit; `behind` where more wait already: then only what decoding needs is done."""
        if unit.run != self._run:
            self._begin_run(unit)
        behind = behind and not self._limits.every
        if behind and unit.codec is Codec.MJPEG and self._coded90 is not None:
            self.skipped += 1
            return []
        self._remember(unit)
        try:
            frames = self._decoder.decode(unit)
            shown = [self._shown(frame, last=not behind) for frame in frames]
        except BadInput as error:
            return self._failed(unit, error.detail)
        if not frames:
            return self._failed(unit, f"the camera's {unit.codec} holds no picture that can be decoded")
        self.trouble, self._noticed90, self._shown90 = "", None, unit.pts90
        return [unit for unit in shown if unit is not None]

    def finish(self) -> list[AccessUnit]:
        """What the decoder still holds back: no unit comes after those it was given."""
        try:
            shown = [self._shown(frame, last=True) for frame in self._decoder.finish()]
        except BadInput as error:
            self.trouble = error.detail
            return []
        return [unit for unit in shown if unit is not None]

    def _begin_run(self, unit: AccessUnit) -> None:
        """Times begin anew with a run, and viewers start again at a key picture."""
        self._run, self._seq = unit.run, 0
        self._encoder, self._rate = None, Rate(self._limits.fps)
        self._pending.clear()
        self._shown90, self._noticed90, self._coded90 = unit.pts90, None, None

    def _remember(self, unit: AccessUnit) -> None:
        self._pending[unit.pts90] = replace(unit, data=b"")
        if len(self._pending) > _MOST_PENDING:
            del self._pending[next(iter(self._pending))]

    def _shown(self, frame: av.VideoFrame, *, last: bool) -> AccessUnit | None:
        """The unit of a decoded picture, None where it is left out: too fast, or newer ones wait.

        The first is not: who waits for it has something to show while the rest of the group is decoded.
        """
        source = None if frame.pts is None else self._pending.pop(frame.pts, None)
        if source is None:
            return None
        if not last and self._coded90 is not None:
            self.skipped += 1
            return None
        if not self._rate.take(source.pts90):
            return None
        self._size = size_within(frame.width, frame.height, self._limits.longest_side)
        return self._coded(fitted(frame, self._limits.longest_side), source)

    def _coded(self, frame: av.VideoFrame, source: AccessUnit) -> AccessUnit | None:
        size = (frame.width, frame.height)
        if self._encoder is None or self._encoder.size != size:
            self._encoder = Encoder(*size, self._limits)
        if not self._encoder.follows(source.pts90):
            return None
        coded = self._encoder.encode(frame, source.pts90, key=self._key_wanted)
        if coded is None:
            return None
        self._key_wanted = False
        self._coded90 = source.pts90
        made = replace(
            source,
            seq=self._seq,
            key=coded.key,
            codec=Codec.H264,
            data=coded.data,
            reordered=False,
            recovery=0,
        )
        self._seq += 1
        return made

    def _failed(self, unit: AccessUnit, why: str) -> list[AccessUnit]:
        """Nothing came of a unit: say so, and draw it, once that has lasted."""
        silent90 = unit.pts90 - (unit.pts90 if self._shown90 is None else self._shown90)
        if abs(silent90) < _SILENT_TICKS90:
            return []
        self.trouble = why
        if self._noticed90 is not None and abs(unit.pts90 - self._noticed90) < _NOTICE_TICKS90:
            return []
        self._noticed90 = unit.pts90
        self._key_wanted = True
        drawn = self._coded(notice(self._size, _TITLE, why), unit)
        return [] if drawn is None else [drawn]
