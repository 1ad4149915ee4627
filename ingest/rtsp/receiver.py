"""RTP packets of one sender to pictures (RFC 3550): who sends, in what order, and where a picture ends."""

from collections.abc import Callable

from ingest.ports import Packet, Pictures, Plain, SourceCounts
from ingest.rtsp.core import MOST_PICTURES, NO_TIME, CompiledRuns, Core, Whole
from ingest.rtsp.depacketise import MAX_PICTURE_BYTES, Depacketiser, Form
from ingest.rtsp.middles import LEAST_BYTES, Going, take_middles
from ingest.rtsp.rtcp import Bye, Reception
from ingest.rtsp.rtcp import parse as parse_rtcp
from ingest.rtsp.rtp import DOLLAR, EXTENSION, FRAME_BYTES, HEADER_BYTES, header, payload
from ingest.rtsp.senders import Change, Ours, Senders
from ingest.rtsp.timing import Timing
from shared.clock import Clock
from shared.mediatime import TICKS_PER_SECOND, Unwrap32
from shared.units import UtcSource

HOLD_NS = 250_000_000
"""A picture of a camera that marks none is held no longer than this."""

DOUBT_NS = 1_000_000_000
"""So long pictures of a sender that was not announced are kept back, for the announced one to come."""

_MAX_DOUBTFUL = 64
_STANDING = 4
"""So many pictures of one time may be of a camera whose times are those of arrival."""

_MASK32 = 0xFFFF_FFFF
_LATE_IN_A_ROW = 16
_OTHER_TYPE_IN_A_ROW = 50


class Receiver:
    """Gives whole pictures to `give`, those that are believed to be plain to `give_all`; calls `lost` when
    decoding cannot go on before the next key picture.

    A picture ends at the marker bit, so that no picture waits for the next one. Where the camera sets no
    marker, a picture ends when a packet has a new time, or after HOLD_NS without a packet. The receiver stops
    believing markers once a marked picture went on. A picture of a camera that marks is never taken for whole
    without its end: either the rest comes, or the next packets tell that it is lost.
    """

    def __init__(
        self,
        payload_type: int,
        clock_rate: int,
        depacketiser: Depacketiser,
        give: Callable[[Packet], None],
        give_all: Callable[[Pictures], None],
        lost: Callable[[], None],
        counts: SourceCounts,
        clock: Clock,
        announced_ssrc: int | None = None,
        core: Core | None = None,
    ) -> None:
        self._type, self._rate = payload_type, clock_rate
        self._depacketiser, self._give, self._give_all = depacketiser, give, give_all
        self._tell_lost = lost
        self._counts, self._clock = counts, clock
        self._announced = announced_ssrc
        self._compiled: CompiledRuns | None = None
        if core is not None and depacketiser.form is not Form.OTHER:
            self._compiled = CompiledRuns(core, depacketiser)
        self._doubtful: list[Packet] = []
        self._doubted_ns = 0
        self.said_bye = False
        self._timing = Timing(clock_rate, clock)
        self._ssrc: int | None = None
        self._senders = Senders(counts)
        self._expected = -1
        self._late = self._late_after = self._other_type = 0
        self._time32: int | None = None
        self._given32: int | None = None
        self._stood = 0
        self._after_loss = False
        self._markers, self._marks = True, False
        self._restart = self._gave = False
        self._unwrap = Unwrap32()
        self._base: int | None = None
        self._taken = self._missed = 0
        self._first_sequence = 0
        self._believed: Plain | None = None

    @property
    def ssrc(self) -> int | None:
        return self._ssrc

    @property
    def heard_ns(self) -> int:
        """When packets came last."""
        return self._timing.heard_ns

    @property
    def late_ns(self) -> int:
        """How long before they were read the last ones had come."""
        return self._timing.late_ns

    @property
    def offset_ns(self) -> int | None:
        """How far the camera's clock is ahead of ours, None while it has not told its time."""
        return self._timing.mapping.offset_ns

    @property
    def taken(self) -> int:
        """How many packets of the sender came."""
        return self._taken

    def arrived(self, ago_ns: int | None = None) -> None:
        """Note the time: what `packet` gets from now on has arrived now, or by `ago_ns` and since the packets
        before, LOOSE_NS sooner at most; call `read` behind the last of those. A picture that is too large is
        given up."""
        self._timing.arrived(ago_ns)
        if len(self._depacketiser.unit) > MAX_PICTURE_BYTES:
            self._depacketiser.clear()
            self._depacketiser.damaged = True

    def read(self) -> None:
        """All of the read that `arrived` told of has been taken: which picture came last is known now."""
        self._timing.read()

    @property
    def usual(self) -> bool:
        """Whether nothing of what comes has to be judged by when exactly it comes."""
        alone = self._announced is None and self._senders.alone and not self.said_bye
        timed = self._stood < _STANDING
        return alone and timed and self._ssrc is not None and self._marks and self._markers

    def believe(self, plain: Plain | None) -> None:
        """As `Source` has it."""
        self._believed = plain

    def packet(self, data: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`. Never raises."""
        if end - start < HEADER_BYTES:
            self._counts.malformed += 1
            return
        flags, kind, sequence, time32, ssrc = header(data, start)
        at = start + HEADER_BYTES
        if flags != 0x80 or kind & 0x7F != self._type or ssrc != self._ssrc or sequence != self._expected:
            if not self._accepts(data, start, end, kind, sequence, ssrc):
                return
            head = at + 4 * (flags & 0x0F)
            at, end = payload(data, start, end, flags)
            if flags & EXTENSION and self._depacketiser.extensible and head < at <= end:
                if time32 != self._time32:
                    self._next_time(time32)
                self._depacketiser.extend(data, head, at)
            if at >= end:
                # A packet without a payload keeps the numbering, and says nothing else.
                self._counts.malformed += at > end
                self._expected = (sequence + 1) & 0xFFFF
                self._taken += 1
                return
        self._expected = (sequence + 1) & 0xFFFF
        self._taken += 1
        if time32 != self._time32:
            self._next_time(time32)
        self._depacketiser.add(data, at, end)
        if kind & 0x80:
            self._marked()

    def frames(self, data: memoryview, at: int, end: int, channel: int) -> int:
        """Take the interleaved packets of a channel that lie whole, one behind the other, in `data[at:end]`.

        Gives where they end. Never raises. Frames shorter than LEAST_BYTES may be left.
        """
        while end - at >= LEAST_BYTES:
            at = self._run(data, at, end, channel)
            if end - at < LEAST_BYTES or data[at] != DOLLAR or data[at + 1] != channel:
                break
            stop = at + FRAME_BYTES + (data[at + 2] << 8 | data[at + 3])
            if stop > end:
                break
            self.packet(data, at + FRAME_BYTES, stop)
            at = stop
        return at

    def _run(self, data: memoryview, at: int, end: int, channel: int) -> int:
        """Take what is plain from `data[at]` on, by the core where there is one. Gives where that ends."""
        compiled, ssrc = self._compiled, self._ssrc
        if compiled is None or data.readonly:
            return self._middles(data, at, end, channel)
        if ssrc is None or (self._time32 is None and self.holds):
            return at
        while end - at >= LEAST_BYTES:
            whole = self._whole(data, at, end, channel, compiled)
            while whole > at and not self._timing.calm:
                at, whole = whole, self._whole(data, whole, end, channel, compiled)
            at = whole
            if end - at < LEAST_BYTES:
                break
            time32 = NO_TIME if self._time32 is None else self._time32
            going = Going(channel, self._type, self._expected, time32, ssrc)
            at, packets, time32, marked = compiled.take(data, at, end, going)
            if not packets:
                break
            self._expected = (self._expected + packets) & 0xFFFF
            self._taken += packets
            if self._time32 is None:
                self._begin(time32)
            if not marked:
                break
            self._marked()
        return at

    def _whole(self, data: memoryview, at: int, end: int, channel: int, compiled: CompiledRuns) -> int:
        """Take whole pictures that tell nothing new together, between two others. Gives where they end."""
        plain, given32, base = self._believed, self._given32, self._base
        if plain is None or given32 is None or base is None or self._time32 is not None:
            return at
        between = not (self._depacketiser.unit or self._depacketiser.damaged or self._restart)
        if not between or self._announced is not None or not self._markers or self._rate != TICKS_PER_SECOND:
            return at
        assert self._ssrc is not None, "its packets are told from others'"
        going = Going(channel, self._type, self._expected, given32, self._ssrc)
        # Each picture that comes at once may tell more of the camera's clock to the next one.
        most = MOST_PICTURES if self._timing.calm else 1
        whole = compiled.whole(data, at, end, going, TICKS_PER_SECOND, plain, most)
        if whole is None:
            return at
        self._expected = (self._expected + whole.packets) & 0xFFFF
        self._taken += whole.packets
        self._marks, self._after_loss = True, False
        self._give_all(self._pictures(whole, base))
        return whole.at

    def _pictures(self, whole: Whole, base: int) -> Pictures:
        """As `_begin` and `_finish` would make them, one after the other."""
        times32, mapping = whole.times32, self._timing.mapping
        first90 = self._unwrap(times32[0]) - base
        pts90 = [first90 + ((time32 - times32[0]) & _MASK32) for time32 in times32]
        self._unwrap(times32[-1])
        arrivals_ns = self._timing.begin_all(times32)
        self._given32, self._time32, self._stood = times32[-1], None, 0
        told = mapping.utc_of_all(times32)
        if told is None:
            wrong_ns, ahead_ns = [-1] * len(times32), mapping.ahead_ns(self._timing.begun_ns)
            return Pictures(whole.data, whole.ends, pts90, arrivals_ns, UtcSource.ARRIVAL, wrong_ns, ahead_ns)
        return Pictures(whole.data, whole.ends, pts90, told[0], UtcSource.SENDER_REPORT, told[1], None)

    def _middles(self, data: memoryview, at: int, end: int, channel: int) -> int:
        if self._time32 is None or self._ssrc is None:
            return at
        going = Going(channel, self._type, self._expected, self._time32, self._ssrc)
        at, taken = take_middles(data, at, end, going, self._depacketiser)
        self._expected = (self._expected + taken) & 0xFFFF
        self._taken += taken
        return at

    def control(self, data: bytes) -> None:
        """Take an RTCP packet. Never raises."""
        for item in parse_rtcp(data):
            if self._ssrc is not None and item.ssrc != self._ssrc:
                self._counts.foreign += 1
            elif isinstance(item, Bye):
                self.said_bye = True
            else:
                self._timing.receptions.reported(item, self._clock.monotonic_ns())
                self._timing.mapping.reported(item)

    @property
    def holds(self) -> bool:
        """Whether a picture has begun whose end has not come."""
        return self._depacketiser.has_picture or self._depacketiser.damaged

    @property
    def waits(self) -> bool:
        """Whether what it holds may have to be given by time."""
        return self.holds and (self._depacketiser.damaged or not (self._markers and self._marks))

    def settle(self) -> None:
        """Give what has waited too long for its end. Call it every HOLD_NS while it `waits`, and now and
        then."""
        if self.holds:
            quiet_ns = self._clock.monotonic_ns() - max(self._timing.heard_ns, self._timing.begun_at_ns)
            marks = self._markers and self._marks
            if self._depacketiser.damaged or (quiet_ns >= HOLD_NS and not marks):
                self._finish()

    def reception(self) -> Reception | None:
        """What a receiver report says now, None while nothing has come."""
        if self._ssrc is None:
            return None
        expected = self._taken + self._missed
        highest = self._first_sequence + expected - 1
        now_ns = self._clock.monotonic_ns()
        return self._timing.receptions.tell(self._ssrc, expected, self._missed, highest, now_ns)

    def _accepts(self, data: memoryview, start: int, end: int, kind: int, sequence: int, ssrc: int) -> bool:
        """Whether an unusual packet is to be used; notes what it says of order and sender."""
        if data[start] >> 6 != 2:
            self._counts.malformed += 1
            return False
        if kind & 0x7F != self._type and not self._accepts_type(data, start, end, kind):
            return False
        if ssrc != self._ssrc:
            if not self._accepts_sender(data, start, end, sequence, ssrc):
                return False
            self._expected = sequence
        if sequence != self._expected:
            return self._accepts_sequence(sequence)
        return True

    def _accepts_type(self, data: memoryview, start: int, end: int, kind: int) -> bool:
        """False for another payload type, until nothing but that one comes: some descriptions are wrong."""
        if 192 <= kind <= 223:
            self.control(bytes(data[start:end]))
            return False
        self._counts.foreign += 1
        self._other_type += self._ssrc is None
        if self._ssrc is not None or self._other_type < _OTHER_TYPE_IN_A_ROW:
            return False
        self._type = kind & 0x7F
        return True

    def _accepts_sender(self, data: memoryview, start: int, end: int, sequence: int, ssrc: int) -> bool:
        """The first sender is ours, until the announced one comes, or another turns out to be the camera."""
        if self._ssrc is None:
            self._ssrc, self._first_sequence = ssrc, sequence
            if ssrc == self._announced:
                self._announced = None
            self._doubted_ns = self._timing.heard_ns
            return True
        if ssrc == self._announced:
            self._senders.drop()
            change = Change.ANEW
        else:
            quiet_ns = self._timing.heard_ns - self._timing.begun_at_ns
            ours = Ours(self._expected, self._taken, not self.holds, quiet_ns, self._timing.interval_ns)
            packet = bytes(data[start:end])
            change = self._senders.other(ssrc, sequence, packet, ours, ended=self.said_bye)
        if change in (Change.NONE, Change.HELD):
            return False
        held = self._senders.release() if change is Change.FOLLOWS else []
        first = header(memoryview(held[0]), 0)[2] if held else sequence
        self._change_sender(ssrc, first, change)
        for packet in held:
            self.packet(memoryview(packet), 0, len(packet))
        return not held

    def _change_sender(self, ssrc: int, sequence: int, change: Change) -> None:
        self._ssrc, self._announced = ssrc, None
        self._doubtful.clear()
        self._counts.senders += 1
        self._first_sequence = self._expected = sequence
        if change is Change.GOES_ON:
            self._forget_reports()
        else:
            self._start_again()

    def _start_again(self) -> None:
        self.said_bye = self._marks = False
        self._depacketiser.clear()
        self._restart = self._gave
        self._unwrap, self._base = Unwrap32(), None
        self._time32 = self._given32 = None
        self._forget_reports()
        self._lost()

    def _forget_reports(self) -> None:
        self._timing.forget()
        self._taken = self._missed = 0

    def _accepts_sequence(self, sequence: int) -> bool:
        gap = (sequence - self._expected) & 0xFFFF
        if gap >= 0x8000:
            self._late = self._late + 1 if self._late_after == self._taken else 1
            self._late_after = self._taken
            if self._late < _LATE_IN_A_ROW:
                self._counts.late += 1
                return False
            gap = 1
        self._late = 0
        self._counts.lost += gap
        self._missed += gap
        self._after_loss = True
        if self._depacketiser.unit:
            self._depacketiser.damaged = True
        self._lost()
        return True

    def _lost(self) -> None:
        self._believed = None
        self._tell_lost()

    def _next_time(self, time32: int) -> None:
        if self.holds:
            self._finish()
        self._begin(time32)

    def _begin(self, time32: int) -> None:
        self._time32 = time32
        self._timing.begin(time32)

    def _marked(self) -> None:
        # Some cameras mark each packet of the parameter sets too: a picture has to be there.
        if self._markers and self.holds:
            self._marks = True
            self._finish()

    def _finish(self) -> None:
        depacketiser, time32 = self._depacketiser, self._time32
        assert time32 is not None
        continued = depacketiser.continues and time32 == self._given32
        if continued:
            # The marked picture goes on: the camera marks each slice.
            self._markers = False
        if depacketiser.damaged or continued or (depacketiser.continues and self._after_loss):
            self._counts.damaged_pictures += 1
            depacketiser.clear()
            self._lost()
            return
        self._after_loss = False
        # What comes next begins another picture, also from a camera whose time stands still.
        self._stood = self._stood + 1 if time32 == self._given32 else 0
        self._given32, self._time32 = time32, None
        key, nals = depacketiser.key, tuple(depacketiser.nals)
        data = depacketiser.take()
        ticks = self._unwrap(time32)
        if self._base is None:
            self._base = ticks
        pts90 = (ticks - self._base) * TICKS_PER_SECOND // self._rate
        mapped = self._timing.utc_of(time32)
        restart, self._restart = self._restart, False
        source = UtcSource.ARRIVAL if mapped is None else UtcSource.SENDER_REPORT
        utc_ns, wrong_ns = (None, -1) if mapped is None else (mapped.utc_ns, mapped.uncertainty_ns)
        ahead_ns = self._timing.mapping.ahead_ns(self._timing.begun_ns) if mapped is None else None
        picture = Packet(
            data, pts90, key, self._timing.begun_ns, utc_ns, source, wrong_ns, restart, False, nals, ahead_ns
        )
        if self._announced is None:
            self._gave = True
            self._give(picture)
        else:
            self._doubt(picture)

    def _doubt(self, picture: Packet) -> None:
        """Keep back what is not of the announced sender; some cameras announce another than they send."""
        self._doubtful.append(picture)
        if self._timing.heard_ns - self._doubted_ns >= DOUBT_NS or len(self._doubtful) >= _MAX_DOUBTFUL:
            self._announced = None
            self._gave = True
            for kept in self._doubtful:
                self._give(kept)
            self._doubtful.clear()
