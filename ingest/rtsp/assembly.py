"""Where the pictures of one sender end, and what their times say."""

from collections.abc import Callable

from ingest.ports import Packet, Pictures, SourceCounts
from ingest.rtsp.core import Whole
from ingest.rtsp.depacketise import MAX_PICTURE_BYTES, Depacketiser
from ingest.rtsp.timing import Timing
from shared.mediatime import TICKS_PER_SECOND, Unwrap32
from shared.units import UtcSource

_STANDING = 4
"""So many pictures of one time may be of a camera whose times are those of arrival."""

_MASK32 = 0xFFFF_FFFF


class Assembly:
    """Puts pictures together in `depacketiser`: each goes to `give`, and `lost` is told of a damaged one.

    A picture ends at the marker bit, so that no picture waits for the next one. Where the camera sets no
    marker, a picture ends when a packet has a new time, or when its end is settled by time. Markers are no
    longer believed once a marked picture went on: `marks` is whether the camera has set one, `markers`
    whether they are believed. A picture of a camera that marks is never taken for whole without its end:
    either the rest comes, or the next packets tell that it is lost. `time32` is the time of the picture that
    has begun, None between two; `given32` that of the one before.
    """

    def __init__(
        self,
        depacketiser: Depacketiser,
        clock_rate: int,
        timing: Timing,
        counts: SourceCounts,
        give: Callable[[Packet], None],
        lost: Callable[[], None],
    ) -> None:
        self.depacketiser, self._rate, self._timing = depacketiser, clock_rate, timing
        self._counts, self._give, self._lost = counts, give, lost
        self.time32: int | None = None
        self.given32: int | None = None
        self.markers, self.marks = True, False
        self._after_loss = self._restart = False
        self._stood = 0
        self._unwrap = Unwrap32()
        self._base: int | None = None

    @property
    def holds(self) -> bool:
        """Whether a picture has begun whose end has not come."""
        return self.depacketiser.has_picture or self.depacketiser.damaged

    @property
    def marked_ends(self) -> bool:
        """Whether pictures end by their marks."""
        return self.markers and self.marks

    @property
    def stands(self) -> bool:
        """Whether pictures have all one time."""
        return self._stood >= _STANDING

    @property
    def between(self) -> bool:
        """Whether nothing has begun, and the next picture follows one that was given, marked, in its run."""
        depacketiser = self.depacketiser
        begun = depacketiser.unit or depacketiser.damaged or self._restart or self.time32 is not None
        return not begun and self.markers and self.given32 is not None and self._base is not None

    def start_again(self, *, restart: bool) -> None:
        """Another sender begins from nothing: a `restart` where pictures were given before."""
        self.marks = False
        self.depacketiser.clear()
        self._restart = restart
        self._unwrap, self._base = Unwrap32(), None
        self.time32 = self.given32 = None

    def missed(self) -> None:
        """Packets are missing before what comes next."""
        self._after_loss = True
        if self.depacketiser.unit:
            self.depacketiser.damaged = True

    def limit(self) -> None:
        """Give up a picture that is too large."""
        if len(self.depacketiser.unit) > MAX_PICTURE_BYTES:
            self.depacketiser.clear()
            self.depacketiser.damaged = True

    def next_time(self, time32: int) -> None:
        """A packet has another time than those before."""
        if self.holds:
            self.finish()
        self.begin(time32)

    def begin(self, time32: int) -> None:
        """A picture of this time begins."""
        self.time32 = time32
        self._timing.begin(time32)

    def marked(self) -> None:
        """The packet that was taken last was marked."""
        # Some cameras mark each packet of the parameter sets too: a picture has to be there.
        if self.markers and self.holds:
            self.marks = True
            self.finish()

    def finish(self) -> None:
        """The picture that was begun has ended."""
        depacketiser, time32 = self.depacketiser, self.time32
        assert time32 is not None
        continued = depacketiser.continues and time32 == self.given32
        if continued:
            # The marked picture goes on: the camera marks each slice.
            self.markers = False
        if depacketiser.damaged or continued or (depacketiser.continues and self._after_loss):
            self._counts.damaged_pictures += 1
            depacketiser.clear()
            self._lost()
            return
        self._after_loss = False
        # What comes next begins another picture, also from a camera whose time stands still.
        self._stood = self._stood + 1 if time32 == self.given32 else 0
        self.given32, self.time32 = time32, None
        self._give(self._picture(time32))

    def _picture(self, time32: int) -> Packet:
        depacketiser, timing = self.depacketiser, self._timing
        key, nals = depacketiser.key, tuple(depacketiser.nals)
        data = depacketiser.take()
        ticks = self._unwrap(time32)
        if self._base is None:
            self._base = ticks
        pts90 = (ticks - self._base) * TICKS_PER_SECOND // self._rate
        mapped = timing.utc_of(time32)
        restart, self._restart = self._restart, False
        source = UtcSource.ARRIVAL if mapped is None else UtcSource.SENDER_REPORT
        utc_ns, wrong_ns = (None, -1) if mapped is None else (mapped.utc_ns, mapped.uncertainty_ns)
        ahead_ns = timing.mapping.ahead_ns(timing.begun_ns) if mapped is None else None
        return Packet(
            data, pts90, key, timing.begun_ns, utc_ns, source, wrong_ns, restart, False, nals, ahead_ns
        )

    def whole(self, whole: Whole) -> Pictures:
        """Pictures that came whole while `between`, at a clock rate of TICKS_PER_SECOND: as each by itself
        would be."""
        assert self._base is not None, "between two pictures"
        times32, timing = whole.times32, self._timing
        mapping = timing.mapping
        self.marks, self._after_loss = True, False
        first90 = self._unwrap(times32[0]) - self._base
        pts90 = [first90 + ((time32 - times32[0]) & _MASK32) for time32 in times32]
        self._unwrap(times32[-1])
        # Of pictures that came calmly it is no matter to the camera's clock when the first ones began.
        told = mapping.utc_of_all(times32) if timing.calm else None
        arrivals_ns = timing.begin_all(times32 if told is None else times32[-2:])
        self.given32, self.time32, self._stood = times32[-1], None, 0
        if not timing.calm:
            told = mapping.utc_of_all(times32)
        if told is None:
            wrong_ns, ahead_ns = [-1] * len(times32), mapping.ahead_ns(timing.begun_ns)
            return Pictures(whole.data, whole.ends, pts90, arrivals_ns, UtcSource.ARRIVAL, wrong_ns, ahead_ns)
        return Pictures(whole.data, whole.ends, pts90, told[0], UtcSource.SENDER_REPORT, told[1], None)
