"""Runs of interleaved packets that hold nothing odd, taken at one go: by the core, or in Python."""

from collections.abc import Callable

from ingest.ports import Pictures, Plain
from ingest.rtsp.assembly import Assembly
from ingest.rtsp.core import MOST_PICTURES, NO_TIME, CompiledRuns, Core
from ingest.rtsp.depacketise import Form
from ingest.rtsp.listened import Listened
from ingest.rtsp.middles import LEAST_BYTES, Going, take_middles
from ingest.rtsp.numbering import Numbering
from ingest.rtsp.timing import Timing
from shared.mediatime import TICKS_PER_SECOND


class PacketRuns:
    """Takes what is plain of the sender that is listened to; any other packet is left to the receiver.

    Pictures that are like `believed`, a `Plain`, go to `give_all` together.
    """

    def __init__(
        self,
        core: Core | None,
        clock_rate: int,
        listened: Listened,
        numbering: Numbering,
        assembly: Assembly,
        timing: Timing,
        give_all: Callable[[Pictures], None],
    ) -> None:
        self._listened, self._numbering = listened, numbering
        self._assembly, self._timing, self._give_all = assembly, timing, give_all
        self.believed: Plain | None = None
        self._compiled: CompiledRuns | None = None
        if core is not None and assembly.depacketiser.form is not Form.OTHER:
            self._compiled = CompiledRuns(core, assembly.depacketiser)
        self._in_ticks = clock_rate == TICKS_PER_SECOND

    def take(self, data: memoryview, at: int, end: int, channel: int) -> int:
        """Take what is plain from `data[at]` on, whole packets of `channel`. Gives where that ends."""
        compiled, ssrc = self._compiled, self._listened.ssrc
        if compiled is None or data.readonly:
            return self._middles(data, at, end, channel)
        numbering, assembly = self._numbering, self._assembly
        if ssrc is None or (assembly.time32 is None and assembly.holds):
            return at
        while end - at >= LEAST_BYTES:
            at = self._pictures(data, at, end, channel, compiled, ssrc)
            if end - at < LEAST_BYTES:
                break
            time32 = NO_TIME if assembly.time32 is None else assembly.time32
            going = Going(channel, self._listened.payload_type, numbering.expected, time32, ssrc)
            at, packets, time32, marked = compiled.take(data, at, end, going)
            if not packets:
                break
            numbering.took_all(packets)
            if assembly.time32 is None:
                assembly.begin(time32)
            if not marked:
                break
            assembly.marked()
        return at

    def _pictures(
        self, data: memoryview, at: int, end: int, channel: int, compiled: CompiledRuns, ssrc: int
    ) -> int:
        """Take whole pictures that tell nothing new together, between two others. Gives where they end."""
        numbering, assembly, calm = self._numbering, self._assembly, self._timing.calm
        while self.believed is not None and assembly.between:
            given32 = assembly.given32
            if given32 is None or self._listened.announced is not None or not self._in_ticks:
                break
            going = Going(channel, self._listened.payload_type, numbering.expected, given32, ssrc)
            # Each picture that comes at once may tell more of the camera's clock to the next one.
            most = MOST_PICTURES if calm else 1
            whole = compiled.whole(data, at, end, going, TICKS_PER_SECOND, self.believed, most)
            if whole is None:
                break
            at = whole.at
            numbering.took_all(whole.packets)
            self._give_all(assembly.whole(whole))
            if calm:
                break
        return at

    def _middles(self, data: memoryview, at: int, end: int, channel: int) -> int:
        time32, ssrc = self._assembly.time32, self._listened.ssrc
        if time32 is None or ssrc is None:
            return at
        going = Going(channel, self._listened.payload_type, self._numbering.expected, time32, ssrc)
        at, taken = take_middles(data, at, end, going, self._assembly.depacketiser)
        self._numbering.took_all(taken)
        return at
