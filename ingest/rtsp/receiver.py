"""RTP packets of a camera to pictures (RFC 3550): what each packet says of sender, order and picture."""

from collections.abc import Callable

from ingest.ports import Packet, Pictures, Plain, SourceCounts
from ingest.rtsp.assembly import Assembly
from ingest.rtsp.core import Core
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.doubt import Doubt
from ingest.rtsp.listened import Listened
from ingest.rtsp.middles import LEAST_BYTES
from ingest.rtsp.numbering import Numbering
from ingest.rtsp.packet_runs import PacketRuns
from ingest.rtsp.rtcp import Bye, Reception
from ingest.rtsp.rtcp import parse as parse_rtcp
from ingest.rtsp.rtp import DOLLAR, EXTENSION, FRAME_BYTES, HEADER_BYTES, header, payload
from ingest.rtsp.senders import Change, Ours
from ingest.rtsp.timing import Timing
from shared.clock import Clock

HOLD_NS = 250_000_000
"""A picture of a camera that marks none is held no longer than this."""


class Receiver:
    """Gives whole pictures to `give`, those that are believed to be plain to `give_all`; calls `lost` when
    decoding cannot go on before the next key picture.

    Whose packets are taken is said by `Listened` and `Doubt`, in which order by `Numbering`, where pictures
    end by `Assembly`.
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
        self._counts, self._clock, self._tell_lost = counts, clock, lost
        self.said_bye = False
        self._timing = Timing(clock_rate, clock)
        self._doubt = Doubt(announced_ssrc, give)
        self._listened = Listened(payload_type, self._doubt, counts)
        self._numbering = Numbering(counts)
        self._assembly = Assembly(depacketiser, clock_rate, self._timing, counts, self._give, self._lost)
        self._depacketiser = depacketiser
        self._runs = PacketRuns(
            core, clock_rate, self._listened, self._numbering, self._assembly, self._timing, give_all
        )

    @property
    def ssrc(self) -> int | None:
        return self._listened.ssrc

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
        return self._numbering.taken

    @property
    def holds(self) -> bool:
        """Whether a picture has begun whose end has not come."""
        return self._assembly.holds

    @property
    def waits(self) -> bool:
        """Whether what it holds may have to be given by time."""
        return self.holds and (self._depacketiser.damaged or not self._assembly.marked_ends)

    @property
    def usual(self) -> bool:
        """Whether nothing of what comes has to be judged by when exactly it comes."""
        assembly = self._assembly
        return self._listened.alone and not self.said_bye and assembly.marked_ends and not assembly.stands

    def arrived(self, ago_ns: int | None = None) -> None:
        """Note the time: what `packet` gets from now on has arrived now, or by `ago_ns` and since the packets
        before, LOOSE_NS sooner at most; call `read` behind the last of those. A picture that is too large is
        given up."""
        self._timing.arrived(ago_ns)
        self._assembly.limit()

    def read(self) -> None:
        """All of the read that `arrived` told of has been taken: which picture came last is known now."""
        self._timing.read()

    def believe(self, plain: Plain | None) -> None:
        """As `Source` has it."""
        self._runs.believed = plain

    def packet(self, data: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`. Never raises."""
        if end - start < HEADER_BYTES:
            self._counts.malformed += 1
            return
        listened, numbering, assembly = self._listened, self._numbering, self._assembly
        flags, kind, sequence, time32, ssrc = header(data, start)
        at = start + HEADER_BYTES
        other = kind & 0x7F != listened.payload_type or ssrc != listened.ssrc
        if flags != 0x80 or other or sequence != numbering.expected:
            if not self._accepts(data, start, end, kind, sequence, ssrc):
                return
            head = at + 4 * (flags & 0x0F)
            at, end = payload(data, start, end, flags)
            if flags & EXTENSION and self._depacketiser.extensible and head < at <= end:
                if time32 != assembly.time32:
                    assembly.next_time(time32)
                self._depacketiser.extend(data, head, at)
            if at >= end:
                # A packet without a payload keeps the numbering, and says nothing else.
                self._counts.malformed += at > end
                numbering.took(sequence)
                return
        numbering.took(sequence)
        if time32 != assembly.time32:
            assembly.next_time(time32)
        self._depacketiser.add(data, at, end)
        if kind & 0x80:
            assembly.marked()

    def frames(self, data: memoryview, at: int, end: int, channel: int) -> int:
        """Take the interleaved packets of a channel that lie whole, one behind the other, in `data[at:end]`.

        Gives where they end. Never raises. Frames shorter than LEAST_BYTES may be left.
        """
        while end - at >= LEAST_BYTES:
            at = self._runs.take(data, at, end, channel)
            if end - at < LEAST_BYTES or data[at] != DOLLAR or data[at + 1] != channel:
                break
            stop = at + FRAME_BYTES + (data[at + 2] << 8 | data[at + 3])
            if stop > end:
                break
            self.packet(data, at + FRAME_BYTES, stop)
            at = stop
        return at

    def control(self, data: bytes) -> None:
        """Take an RTCP packet. Never raises."""
        ssrc = self._listened.ssrc
        for item in parse_rtcp(data):
            if ssrc is not None and item.ssrc != ssrc:
                self._counts.foreign += 1
            elif isinstance(item, Bye):
                self.said_bye = True
            else:
                self._timing.receptions.reported(item, self._clock.monotonic_ns())
                self._timing.mapping.reported(item)

    def settle(self) -> None:
        """Give what has waited too long for its end. Call it every HOLD_NS while it `waits`, and now and
        then."""
        if self.holds:
            quiet_ns = self._clock.monotonic_ns() - max(self._timing.heard_ns, self._timing.begun_at_ns)
            late = quiet_ns >= HOLD_NS and not self._assembly.marked_ends
            if self._depacketiser.damaged or late:
                self._assembly.finish()

    def reception(self) -> Reception | None:
        """What a receiver report says now, None while nothing has come."""
        ssrc, numbering, now_ns = self._listened.ssrc, self._numbering, self._clock.monotonic_ns()
        if ssrc is None:
            return None
        return self._timing.receptions.tell(ssrc, numbering.sent, numbering.missed, numbering.highest, now_ns)

    def _accepts(self, data: memoryview, start: int, end: int, kind: int, sequence: int, ssrc: int) -> bool:
        """Whether an unusual packet is to be used; notes what it says of order and sender."""
        if data[start] >> 6 != 2:
            self._counts.malformed += 1
            return False
        if kind & 0x7F != self._listened.payload_type and not self._accepts_type(data, start, end, kind):
            return False
        if ssrc != self._listened.ssrc:
            if not self._accepts_sender(data, start, end, sequence, ssrc):
                return False
            self._numbering.expected = sequence
        if sequence == self._numbering.expected:
            return True
        if not self._numbering.skips_to(sequence):
            return False
        self._assembly.missed()
        self._lost()
        return True

    def _accepts_type(self, data: memoryview, start: int, end: int, kind: int) -> bool:
        if 192 <= kind <= 223:
            self.control(bytes(data[start:end]))
            return False
        return self._listened.accepts_type(kind & 0x7F)

    def _accepts_sender(self, data: memoryview, start: int, end: int, sequence: int, ssrc: int) -> bool:
        listened, timing = self._listened, self._timing
        if listened.ssrc is None:
            listened.first(ssrc, timing.heard_ns)
            self._numbering.begin(sequence)
            return True
        numbering, quiet_ns = self._numbering, timing.quiet_ns
        ours = Ours(numbering.expected, numbering.taken, not self.holds, quiet_ns, timing.interval_ns)
        change = listened.other(ssrc, sequence, bytes(data[start:end]), ours, ended=self.said_bye)
        if change in (Change.NONE, Change.HELD):
            return False
        held = listened.held() if change is Change.FOLLOWS else []
        first = header(memoryview(held[0]), 0)[2] if held else sequence
        self._change_sender(ssrc, first, change)
        for packet in held:
            self.packet(memoryview(packet), 0, len(packet))
        return not held

    def _change_sender(self, ssrc: int, sequence: int, change: Change) -> None:
        self._listened.change(ssrc)
        self._timing.forget()
        self._numbering.begin(sequence)
        if change is not Change.GOES_ON:
            self.said_bye = False
            self._assembly.start_again(restart=self._doubt.gave)
            self._lost()

    def _give(self, picture: Packet) -> None:
        self._doubt.take(picture, self._timing.heard_ns)

    def _lost(self) -> None:
        self._runs.believed = None
        self._tell_lost()
