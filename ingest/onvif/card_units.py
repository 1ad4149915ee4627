"""Pictures of a replay as units: checked, timed by the camera's clock, in order, cut at key pictures."""

from collections import deque
from dataclasses import replace

from ingest.checks.common import Checks, NotDecodable
from ingest.onvif.clock_ahead import ClockAhead
from ingest.onvif.refused import astray, untimed
from ingest.onvif.replay_receiver import ReplayedPicture
from ingest.rtsp.utc_mapping import signed
from shared.ids import StreamId
from shared.mediatime import ticks_from_ns
from shared.spans import Span
from shared.units import MAX_REORDER90, AccessUnit, UtcSource

MOST_LEAD_NS = 30_000_000_000
"""A card begins with the key picture before what it was asked for: no camera has one more seldom."""

_STEP_NS = 1_500_000_000
"""Times this far from the stream's own pace begin a section of their own; whole seconds are less."""

_UNMARKED_NS = 10_000_000_000
_MOST_UNTIMED = 100
_REMEMBERED = 128
_NEAR_NS = 2_000_000_000


class CardUnits:
    """Makes units of a replay's pictures for a span in our time.

    They begin with the first key picture of the span and end in front of the first one behind it: spans that
    touch have each group of pictures once. `over`: nothing more is wanted. `run` numbers them all, whatever
    gaps the recording has.
    """

    def __init__(
        self,
        stream: StreamId,
        checks: Checks,
        ahead: ClockAhead,
        span: Span,
        *,
        run: int,
        clock_rate: int,
        place: str,
    ) -> None:
        self._stream, self._checks, self._ahead, self._span = stream, checks, ahead, span
        self._run, self._rate, self._place = run, clock_rate, place
        self._anchor: tuple[int, int] | None = None
        self._marked32 = 0
        self._off_ns = 0
        self._last_ns: int | None = None
        self._recent: deque[int] = deque(maxlen=_REMEMBERED)
        self._begun = self._apart = self._told_last = False
        self._untimed = 0
        self.over = False
        self.units = self.repeated = self.unusable = 0

    def take(self, picture: ReplayedPicture) -> list[AccessUnit]:
        """The units that can be given on with this picture. Raises InvalidStream."""
        if picture.gap or self._apart:
            self._checks.lose_sync()
        camera_ns = self._time_ns(picture)
        mark = picture.mark
        self._apart = mark is not None and mark.ends
        self._told_last = mark is not None and mark.last
        if camera_ns is None:
            self.unusable += 1
            self._checks.lose_sync()
            return []
        if self._repeats(camera_ns):
            self.repeated += 1
            return []
        return self._placed(picture, self._ahead.to_ours(camera_ns))

    @property
    def complete(self) -> bool:
        """Whether the card has nothing more of the span, if nothing more comes."""
        near = self._last_ns is not None and self._last_ns + _NEAR_NS >= self._span.end_ns
        return self.over or near or self._apart or self._told_last

    def _time_ns(self, picture: ReplayedPicture) -> int | None:
        """When a picture was taken, by the camera's clock: its pace is that of the RTP times, which are finer
        than some cameras' clocks."""
        told_ns = None if picture.mark is None else picture.mark.utc_ns
        if self._anchor is None:
            if told_ns is None:
                self._without_time()
                return None
            return self._anchored(told_ns, picture.time32)
        anchor_ns, anchor32 = self._anchor
        paced_ns = anchor_ns + signed(picture.time32 - anchor32) * 1_000_000_000 // self._rate
        if told_ns is None:
            since_ns = abs(signed(picture.time32 - self._marked32)) * 1_000_000_000 // self._rate
            if since_ns <= _UNMARKED_NS:
                return paced_ns
            self._without_time()
            return None
        if abs(told_ns - paced_ns) > _STEP_NS:
            self._checks.lose_sync()
            return self._anchored(told_ns, picture.time32)
        self._marked32, self._untimed = picture.time32, 0
        self._off_ns = max(self._off_ns, abs(told_ns - paced_ns))
        # Carried on with the stream: a difference of 32 bits reaches 13 hours only.
        self._anchor = paced_ns, picture.time32
        return paced_ns

    def _anchored(self, told_ns: int, time32: int) -> int:
        self._anchor, self._marked32, self._untimed = (told_ns, time32), time32, 0
        return told_ns

    def _without_time(self) -> None:
        self._anchor = None
        self._untimed += 1
        if self._untimed >= _MOST_UNTIMED or not (self.units or self._recent):
            raise untimed(self._place)

    def _repeats(self, camera_ns: int) -> bool:
        """Whether a picture was here before; one of a stream with B-frames may go back a little."""
        if camera_ns in self._recent:
            return True
        if self._recent and camera_ns < max(self._recent) - MAX_REORDER90 * 100_000 // 9:
            return True
        self._recent.append(camera_ns)
        return False

    def _placed(self, picture: ReplayedPicture, our_ns: int) -> list[AccessUnit]:
        span = self._span
        if our_ns < span.start_ns - MOST_LEAD_NS - self._ahead.wrong_ns:
            raise astray(self._place)
        if our_ns >= span.end_ns + MOST_LEAD_NS:
            self.over = True
            return []
        unit = self._unit(picture, our_ns)
        if unit is None:
            self.unusable += self._begun
            return []
        if unit.key and our_ns >= span.end_ns:
            self.over = True
            return []
        self._last_ns = our_ns
        return self._given(unit)

    def _given(self, unit: AccessUnit) -> list[AccessUnit]:
        """The unit, numbered, once the span has begun with a key unit."""
        self._begun = self._begun or (unit.key and unit.utc_ns >= self._span.start_ns)
        if not self._begun:
            return []
        self.units += 1
        return [replace(unit, seq=self.units - 1)]

    def _unit(self, picture: ReplayedPicture, our_ns: int) -> AccessUnit | None:
        try:
            checked = self._checks.check(picture.data, picture.nals)
        except NotDecodable:
            return None
        return AccessUnit(
            stream=self._stream,
            run=self._run,
            seq=0,
            pts90=ticks_from_ns(our_ns),
            utc_ns=our_ns,
            utc_source=UtcSource.CARD,
            utc_uncertainty_ns=self._ahead.wrong_ns + self._off_ns,
            key=checked.key,
            codec=self._checks.codec,
            data=checked.data,
            reordered=checked.reordered,
            recovery=checked.recovery,
        )
