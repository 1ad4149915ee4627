"""Which pictures of which stream are tried, and when."""

from collections import deque
from collections.abc import Callable

from ingest.decoding.process import Decoder
from ingest.decoding.sample import Growth, Sample
from shared import metrics
from shared.causes import decoders
from shared.clock import Clock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.log import get_logger
from shared.reasons import Reason, why
from shared.units import AccessUnit, UnitBatch

EVERY_S = 300.0
AGAIN_S = 10.0
"""A stream that failed, or was never tried, is tried so soon."""

LOOK_EVERY_S = 1.0
LINGER_S = 15.0
"""The decoder stays for so long: key pictures of many streams come within some seconds of each other."""

GROWS_S = 60.0
"""A sample that is not whole by then never is: its stream has ended."""

MOST_WAITING = 64
MOST_WAITING_BYTES = 32 << 20

Found = Callable[[StreamId, Reason | None], None]
_NS = 1_000_000_000


class DecodeChecks:
    """Takes a sample of each stream now and then, and tells `found` why it does not decode, or None.

    A sample is a key picture with both its fields, or the pictures from a recovery point to the first whole
    one. All streams are due at the same time, every EVERY_S, so that the decoding process runs for seconds
    only. At most MOST_WAITING samples, of MOST_WAITING_BYTES together, grow or wait; a stream that finds no
    room is tried at its next key picture.
    """

    def __init__(self, decoder: Decoder, found: Found, clock: Clock) -> None:
        self._decoder, self._found, self._clock = decoder, found, clock
        self._due_ns: dict[StreamId, int] = {}
        self._growing: dict[StreamId, Sample] = {}
        self._waiting: deque[Sample] = deque()
        self._waiting_bytes = 0
        self._failing: set[StreamId] = set()
        self._cpu_ns = 0
        self._log = get_logger("ingest.decoding")
        self._results = metrics.counter(
            "ingest_decode_checks_total", "Samples of streams tried, by what became of them", ["result"]
        )
        self._skipped = metrics.counter(
            "ingest_decode_checks_skipped_total", "Samples not tried because too many waited"
        )
        self._cpu = metrics.counter(
            "ingest_decode_checks_cpu_seconds_total", "CPU time of the process that tries samples"
        )
        self._undecodable = metrics.gauge(
            "ingest_streams_undecodable", "Streams whose last tried picture does not decode"
        )

    def take(self, unit: AccessUnit) -> None:
        """Note the next unit of a stream where it is due. Never blocks."""
        sample = self._growing.get(unit.stream)
        if sample is not None:
            if self._grow(sample, unit):
                return
        elif not unit.key:
            return
        now_ns = self._clock.monotonic_ns()
        if not unit.key or self._due_ns.get(unit.stream, 0) > now_ns:
            return
        if len(self._waiting) + len(self._growing) >= MOST_WAITING:
            self._skipped.inc()
            return
        self._growing[unit.stream] = sample = Sample(unit, now_ns)
        self._grow(sample, unit)

    def take_batch(self, batch: UnitBatch) -> None:
        """The same of units that come together, none of which a sample begins with."""
        if batch.stream in self._growing:
            for unit in batch.units():
                self.take(unit)

    def forget(self, stream: StreamId) -> None:
        """The stream is pulled no more: when it comes again it is tried at once."""
        self._give_up(stream)
        self._due_ns.pop(stream, None)
        self._failing.discard(stream)
        self._undecodable.set(len(self._failing))

    def _grow(self, sample: Sample, unit: AccessUnit) -> bool:
        """Add to a sample; False where that cannot be, and the unit may begin another."""
        if self._waiting_bytes + len(unit.data) > MOST_WAITING_BYTES:
            self._give_up(sample.stream)
            self._skipped.inc()
            return True
        before = sample.size
        growth = sample.take(unit)
        self._waiting_bytes += sample.size - before
        match growth:
            case Growth.BROKEN:
                self._give_up(sample.stream)
                return False
            case Growth.TOO_LARGE:
                self._give_up(sample.stream)
                self._results.labels("too-large").inc()
                self._later(sample.stream)
            case Growth.WHOLE:
                del self._growing[sample.stream]
                # Not again before this one's verdict, which sets its own time.
                self._later(sample.stream)
                self._waiting.append(sample)
        return True

    def _give_up(self, stream: StreamId) -> None:
        sample = self._growing.pop(stream, None)
        if sample is not None:
            self._waiting_bytes -= sample.size

    def _later(self, stream: StreamId) -> None:
        every_ns = int(EVERY_S * _NS)
        self._due_ns[stream] = (self._clock.monotonic_ns() // every_ns + 1) * every_ns

    async def run(self) -> None:
        """Try what waits, for ever. Raises Unavailable where the decoder cannot: run it again."""
        idle_s = 0.0
        try:
            while True:
                idle_s = 0.0 if self._waiting else idle_s + LOOK_EVERY_S
                self._let_go()
                await self._try_all()
                if idle_s >= LINGER_S:
                    await self._decoder.rest()
                    self._cpu_ns = 0
                await self._clock.sleep(LOOK_EVERY_S)
        finally:
            await self._decoder.rest()

    def _let_go(self) -> None:
        """Give up what grows no more."""
        since_ns = self._clock.monotonic_ns() - int(GROWS_S * _NS)
        for stream in [one.stream for one in self._growing.values() if one.begun_ns < since_ns]:
            self._give_up(stream)

    async def _try_all(self) -> None:
        while self._waiting:
            sample = self._waiting.popleft()
            self._waiting_bytes -= sample.size
            try:
                verdict = await self._decoder.verdict(sample.codec, sample.units)
            except Unavailable:
                self._results.labels("unknown").inc()
                self._again(sample.stream)
                self._cpu_ns = 0
                raise
            self._cpu.inc(max(0, verdict.cpu_ns - self._cpu_ns) / _NS)
            self._cpu_ns = verdict.cpu_ns
            if sample.stream not in self._due_ns:
                continue
            if verdict.said and sample.doubtful:
                self._results.labels("unknown").inc()
                self._again(sample.stream)
            else:
                self._judge(sample.stream, verdict.said)

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
