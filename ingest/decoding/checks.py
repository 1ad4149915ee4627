"""Which key picture of which stream is tried, and when."""

from collections import deque
from collections.abc import Callable

from ingest.decoding.process import Decoder
from shared import metrics
from shared.causes import decoders
from shared.clock import Clock
from shared.codecs.h264 import is_field, parse_sps
from shared.codecs.parameter_sets import H264, needed_sets
from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.log import get_logger
from shared.reasons import Reason, why
from shared.units import AccessUnit, Codec

EVERY_S = 300.0
AGAIN_S = 10.0
"""A stream that failed, or was never tried, is tried so soon."""

LOOK_EVERY_S = 1.0
LINGER_S = 15.0
"""The decoder stays for so long: key pictures of many streams come within some seconds of each other."""

MOST_WAITING = 64
MOST_WAITING_BYTES = 32 << 20

Found = Callable[[StreamId, Reason | None], None]
_NS = 1_000_000_000


class DecodeChecks:
    """Takes a key picture of each stream now and then, and tells `found` why it does not decode, or None.

    Streams are due together, every EVERY_S, so that the decoder is there for seconds only. At most
    MOST_WAITING pictures wait; a stream that finds no room is tried at its next key picture.
    """

    def __init__(self, decoder: Decoder, found: Found, clock: Clock) -> None:
        self._decoder, self._found, self._clock = decoder, found, clock
        self._due_ns: dict[StreamId, int] = {}
        self._waiting: deque[AccessUnit] = deque()
        self._waiting_bytes = 0
        self._failing: set[StreamId] = set()
        self._cpu_ns = 0
        self._log = get_logger("ingest.decoding")
        self._results = metrics.counter(
            "ingest_decode_checks_total", "Key pictures tried, by what became of them", ["result"]
        )
        self._skipped = metrics.counter(
            "ingest_decode_checks_skipped_total", "Key pictures not tried because too many waited"
        )
        self._cpu = metrics.counter(
            "ingest_decode_checks_cpu_seconds_total", "CPU time of the process that tries key pictures"
        )
        self._undecodable = metrics.gauge(
            "ingest_streams_undecodable", "Streams whose last tried picture does not decode"
        )

    def take(self, unit: AccessUnit) -> None:
        """Note a key picture where its stream is due. Never blocks.

        A recovery point is none, and a field is half of one: alone they show nothing, however sound their
        stream is.
        """
        now_ns = self._clock.monotonic_ns()
        if self._due_ns.get(unit.stream, 0) > now_ns or unit.recovery or _is_half(unit):
            return
        if len(self._waiting) >= MOST_WAITING or self._waiting_bytes + len(unit.data) > MOST_WAITING_BYTES:
            self._skipped.inc()
            return
        # Not again before this one's verdict, which sets its own time.
        every_ns = int(EVERY_S * _NS)
        self._due_ns[unit.stream] = (now_ns // every_ns + 1) * every_ns
        self._waiting.append(unit)
        self._waiting_bytes += len(unit.data)

    def forget(self, stream: StreamId) -> None:
        """The stream is pulled no more: when it comes again it is tried at once."""
        self._due_ns.pop(stream, None)
        self._failing.discard(stream)
        self._undecodable.set(len(self._failing))

    async def run(self) -> None:
        """Try what waits, for ever. Raises Unavailable where the decoder cannot: run it again."""
        idle_s = 0.0
        try:
            while True:
                idle_s = 0.0 if self._waiting else idle_s + LOOK_EVERY_S
                await self._try_all()
                if idle_s >= LINGER_S:
                    await self._decoder.rest()
                    self._cpu_ns = 0
                await self._clock.sleep(LOOK_EVERY_S)
        finally:
            await self._decoder.rest()

    async def _try_all(self) -> None:
        while self._waiting:
            unit = self._waiting.popleft()
            self._waiting_bytes -= len(unit.data)
            try:
                verdict = await self._decoder.verdict(unit.codec, unit.data)
            except Unavailable:
                self._results.labels("unknown").inc()
                self._again(unit.stream)
                self._cpu_ns = 0
                raise
            self._cpu.inc(max(0, verdict.cpu_ns - self._cpu_ns) / _NS)
            self._cpu_ns = verdict.cpu_ns
            if unit.stream in self._due_ns:
                self._judge(unit.stream, verdict.said)

    def _judge(self, stream: StreamId, said: str) -> None:
        self._results.labels("fails" if said else "decodes").inc()
        if said and stream not in self._failing:
            self._log.error("pictures-do-not-decode", stream=str(stream), reason=said)
        if said:
            self._failing.add(stream)
            self._again(stream)
        else:
            self._failing.discard(stream)
        self._undecodable.set(len(self._failing))
        cause = decoders(said)
        reason = why("pictures-do-not-decode", "its pictures cannot be decoded: {cause}", cause=cause)
        self._found(stream, reason if said else None)

    def _again(self, stream: StreamId) -> None:
        self._due_ns[stream] = self._clock.monotonic_ns() + int(AGAIN_S * _NS)


def _is_half(unit: AccessUnit) -> bool:
    """Whether it is a picture of H.264 that is coded field by field."""
    sets = needed_sets(unit.data, H264) if unit.codec is Codec.H264 else None
    try:
        return sets is not None and is_field(unit.data, parse_sps(sets[0]))
    except BadInput:
        return False
