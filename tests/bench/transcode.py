"""What a transcoder costs and how long a picture takes through it: `python -m tests.bench.transcode`.

A real child process, fed in real time with the simulated street. Delay is from the unit being given to the
H.264 unit coming back, pipes included; CPU is the child's own, after it has caught up.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from ingest.simulator.encoder import Coding, Encoder, Encoding
from ingest.simulator.scene import Scene
from mux.counts import Counts
from mux.streams.transcoder.spare import Spare
from mux.streams.transcoder.transcoder import Transcoder
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SystemClock
from shared.tap import Gap
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from shared.units import AccessUnit, Codec, UtcSource
from tests.bench.spent import cpu_ns, resident_bytes
from tests.support.eventually import eventually
from tests.support.pictures import STREAM

SECONDS = 10.0
_WARM_S = 2.0
_START_S = 60.0
CASES = (
    ("MJPEG 704x576 12.5/s", Coding(encoding=Encoding.MJPEG)),
    (
        "H.265 1280x720 25/s 2 Mb/s",
        Coding(1280, 720, Fraction(25), kbps=2000, encoding=Encoding.H265),
    ),
    ("H.264 with 2 B-frames 704x576 12.5/s", Coding(b_frames=2)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of camera."""

    camera: str
    core_percent: float
    megabytes: float
    cold_ms: float
    spare_ms: float
    spare_megabytes: float
    p50_ms: float
    p95_ms: float
    out_kbps: float
    left_out: int


def material(coding: Coding, seconds: float) -> list[AccessUnit]:
    """The simulated street in this coding, from a key unit on."""
    scene, encoder = Scene("bench", coding.width, coding.height), Encoder(coding)
    coded = []
    for number in range(int(seconds * coding.fps)):
        coded += encoder.encode(scene.picture(number, float(number / coding.fps), None))
    coded += encoder.finish()
    return [
        AccessUnit(
            stream=STREAM,
            run=1,
            seq=seq,
            pts90=one.shown * coding.ticks90,
            utc_ns=0,
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=one.key,
            codec=Codec(coding.encoding.value),
            data=one.data,
            reordered=coding.b_frames > 0,
        )
        for seq, one in enumerate(coded)
    ]


class _Meter:
    """Notes when each picture was given and when it came back."""

    def __init__(self, transcoder: Callable[[Callable[[AccessUnit | Gap], None]], Transcoder]) -> None:
        self.given_ns: dict[int, int] = {}
        self.delays_ms: list[float] = []
        self.out_bytes = 0
        self.transcoder = transcoder(self._took)

    @property
    def pid(self) -> int:
        pid = self.transcoder.pid
        assert pid is not None
        return pid

    def give(self, unit: AccessUnit) -> None:
        self.given_ns[unit.pts90] = time.monotonic_ns()
        self.transcoder.take(unit)

    async def first_ms(self, units: Sequence[AccessUnit]) -> float:
        """From the stream's recent units being given to their first picture."""
        for unit in units:
            self.give(unit)
        await eventually(lambda: self.delays_ms, within_s=_START_S, what="the first picture")
        return self.delays_ms[0]

    def _took(self, item: AccessUnit | Gap) -> None:
        if isinstance(item, AccessUnit):
            self.out_bytes += len(item.data)
            self.delays_ms.append((time.monotonic_ns() - self.given_ns[item.pts90]) / 1e6)


async def measured(camera: str, coding: Coding, seconds: float) -> Row:
    """Play one camera for so long, then a second one, whose transcoder is the child that waited."""
    units, counts, clock = material(coding, coding.gop_s + seconds + _WARM_S), Counts(), SystemClock()
    spare = Spare(lambda: ChildProcess.spawn(Limits()), clock)
    transcoders = Transcoders(2, spare.take, clock, counts, Random(1))
    try:
        meter = _Meter(lambda sink: transcoders.open(STREAM, sink))
        # As a viewer finds a stream: with the group of now, as long as it can be.
        needed = 1 if coding.encoding is Encoding.MJPEG else coding.gop
        cold_ms = await meter.first_ms(units[:needed])
        loop = asyncio.get_running_loop()
        began_s, warm = loop.time(), int(_WARM_S * coding.fps)
        started_ns = 0
        for number, unit in enumerate(units[needed:], 1):
            await asyncio.sleep(began_s + number / coding.fps - loop.time())
            if number == warm:
                started_ns, started_s = cpu_ns(meter.pid), loop.time()
                meter.delays_ms.clear()
                meter.out_bytes = 0
            meter.give(unit)
        await asyncio.sleep(0.2)
        spent_s, passed_s = (cpu_ns(meter.pid) - started_ns) / 1e9, loop.time() - started_s
        await eventually(lambda: spare.pid, within_s=_START_S, what="a spare")
        await asyncio.sleep(_WARM_S)
        assert spare.pid is not None
        spare_bytes = resident_bytes(spare.pid)
        second = _Meter(lambda sink: transcoders.open(STREAM, sink))
        delays_ms = sorted(meter.delays_ms)
        return Row(
            camera,
            core_percent=100 * spent_s / passed_s,
            megabytes=resident_bytes(meter.pid) / 1e6,
            cold_ms=cold_ms,
            spare_ms=await second.first_ms(units[:needed]),
            spare_megabytes=spare_bytes / 1e6,
            p50_ms=statistics.median(delays_ms),
            p95_ms=delays_ms[int(len(delays_ms) * 0.95)],
            out_kbps=meter.out_bytes * 8 / 1000 / passed_s,
            left_out=counts.transcode_dropped + counts.transcode_skipped,
        )
    finally:
        await transcoders.close()
        await spare.close()


def run(seconds: float = SECONDS) -> list[Row]:
    """All cases, one after the other."""
    return [asyncio.run(measured(camera, coding, seconds)) for camera, coding in CASES]


if __name__ == "__main__":
    for row in run():
        print(row)
