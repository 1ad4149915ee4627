"""RTP packets of a replay to pictures, each with the time that its header extension tells.

What comes is not live: nobody waits for it, and its arrival tells nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.onvif.replay_mark import ReplayMark, behind_mark, read_mark
from ingest.rtsp.depacketise import MAX_PICTURE_BYTES, Depacketiser
from ingest.rtsp.rtcp import Bye
from ingest.rtsp.rtcp import parse as parse_rtcp
from ingest.rtsp.rtp import DOLLAR, EXTENSION, FRAME_BYTES, HEADER_BYTES, header, payload


@dataclass(frozen=True, slots=True)
class ReplayedPicture:
    """One whole coded picture. `time32` is its RTP time; `mark` is None where the camera told none.

    `gap`: something before it is missing. `nals` is as `Packet` has it.
    """

    data: bytes
    time32: int
    mark: ReplayMark | None
    gap: bool
    nals: tuple[int, ...]


@dataclass(slots=True)
class ReplayCounts:
    """What was passed over, in packets or pictures."""

    malformed: int = 0
    foreign: int = 0
    repeated: int = 0
    lost: int = 0
    damaged_pictures: int = 0


class ReplayReceiver:
    """Gives whole pictures to `give`, in order; `flush` at the end gives the last one. Calls `bye` when the
    camera says that it has sent all.

    A picture ends where one of another time or mark begins: markers, which cameras set as they like, are not
    asked, because nobody waits for a picture. `whole` is whether the last packet had one.
    """

    usual = False

    def __init__(
        self,
        payload_type: int,
        depacketiser: Depacketiser,
        give: Callable[[ReplayedPicture], None],
        bye: Callable[[], None],
        counts: ReplayCounts,
    ) -> None:
        self._type, self._depacketiser, self._give, self._bye = payload_type, depacketiser, give, bye
        self._counts = counts
        self.ssrc: int | None = None
        self.whole = self._marks = False
        self._expected = -1
        self._time32: int | None = None
        self._mark: ReplayMark | None = None
        self._gap = False

    def arrived(self, ago_ns: int | None = None) -> None:
        """Called before the packets of a read. A picture that is too large is given up."""
        if len(self._depacketiser.unit) > MAX_PICTURE_BYTES:
            self._depacketiser.clear()
            self._depacketiser.damaged = True

    def read(self) -> None:
        """Called behind the packets of a read."""

    def frames(self, data: memoryview, at: int, end: int, channel: int) -> int:
        """Take the interleaved packets of a channel that lie whole, one behind the other, in `data[at:end]`.

        Gives where they end. Never raises.
        """
        while end - at > FRAME_BYTES and data[at] == DOLLAR and data[at + 1] == channel:
            stop = at + FRAME_BYTES + (data[at + 2] << 8 | data[at + 3])
            if stop > end:
                break
            self.packet(data, at + FRAME_BYTES, stop)
            at = stop
        return at

    def packet(self, data: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`. Never raises."""
        if end - start < HEADER_BYTES or data[start] >> 6 != 2:
            self._counts.malformed += 1
            return
        flags, kind, sequence, time32, ssrc = header(data, start)
        if kind & 0x7F != self._type:
            self._counts.foreign += 1
            return
        if not self._follows(sequence, ssrc):
            return
        at, stop = payload(data, start, end, flags)
        head = start + HEADER_BYTES + 4 * (flags & 0x0F)
        extended = bool(flags & EXTENSION) and head < at <= stop
        mark = read_mark(data, head, at) if extended else None
        self._begin(time32, mark)
        if extended and self._depacketiser.extensible:
            self._depacketiser.extend(data, behind_mark(head) if mark is not None else head, at)
        self.whole = bool(kind & 0x80)
        self._marks = self._marks or self.whole
        if at < stop:
            self._depacketiser.add(data, at, stop)
        else:
            self._counts.malformed += at > stop

    def control(self, data: bytes) -> None:
        """Take an RTCP packet. Never raises."""
        if any(isinstance(item, Bye) for item in parse_rtcp(data)):
            self._bye()

    def flush(self) -> None:
        """Nothing more comes: give the picture that is being put together, unless its end is missing."""
        if (self._marks and not self.whole) or self._depacketiser.middle >= 0:
            self._depacketiser.damaged = True
        self._finish()
        self._time32 = self._mark = None

    def _follows(self, sequence: int, ssrc: int) -> bool:
        """Whether a packet is to be used; notes what is missing before it."""
        if ssrc != self.ssrc:
            # Some cameras take another name behind a gap in their recording.
            if self.ssrc is not None:
                self._finish()
                self._gap = True
            self.ssrc, self._expected = ssrc, sequence
        missing = (sequence - self._expected) & 0xFFFF
        if missing >= 0x8000:
            self._counts.repeated += 1
            return False
        self._expected = (sequence + 1) & 0xFFFF
        if missing:
            self._counts.lost += missing
            self._gap = True
            if self._depacketiser.unit:
                self._depacketiser.damaged = True
        return True

    def _begin(self, time32: int, mark: ReplayMark | None) -> None:
        another = mark is not None and self._mark is not None and mark.utc_ns != self._mark.utc_ns
        if time32 != self._time32 or another:
            self._finish()
            self._time32, self._mark = time32, mark
        elif self._mark is None:
            self._mark = mark

    def _finish(self) -> None:
        depacketiser, time32 = self._depacketiser, self._time32
        if time32 is None:
            return
        if depacketiser.damaged or not depacketiser.has_picture or depacketiser.continues:
            if depacketiser.damaged or depacketiser.continues:
                self._counts.damaged_pictures += 1
                self._gap = True
                depacketiser.clear()
            # Parameter sets alone stay, for the picture behind them.
            return
        nals, data = tuple(depacketiser.nals), depacketiser.take()
        gap, self._gap = self._gap, False
        self._give(ReplayedPicture(data, time32, self._mark, gap, nals))
