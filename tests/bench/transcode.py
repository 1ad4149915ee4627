"""What a transcoder costs and how long a picture takes through it: `python -m tests.bench.transcode`.

A real child process, fed in real time with the simulated street. Delay is from the unit being given to the
H.264 unit coming back, pipes included; CPU is the child's own, after it has caught up.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from ingest.simulator.encoder import Coding, Encoder, Encoding
from ingest.simulator.scene import Scene
from mux.counts import Counts
from mux.transcoder.limits import Limits
from mux.transcoder.process import ChildProcess
from mux.transcoder.transcoders import Transcoders
from shared.clock import SystemClock
from shared.tap import Gap
from shared.units import AccessUnit, Codec, WallSource
from tests.bench.mux_process import cpu_ns, resident_bytes
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
    first_ms: float
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
            wall_ns=0,
            wall_source=WallSource.ARRIVAL,
            wall_uncertainty_ns=-1,
            key=one.key,
            codec=Codec(coding.encoding.value),
            data=one.data,
            reordered=coding.b_frames > 0,
        )
        for seq, one in enumerate(coded)
    ]


class _Meter:
    """Notes when each picture was given and when it came back."""

    def __init__(self) -> None:
        self.given_ns: dict[int, int] = {}
        self.delays_ms: list[float] = []
        self.out_bytes = 0

    def took(self, item: AccessUnit | Gap) -> None:
        if isinstance(item, AccessUnit):
            self.out_bytes += len(item.data)
            self.delays_ms.append((time.monotonic_ns() - self.given_ns[item.pts90]) / 1e6)


async def measured(camera: str, coding: Coding, seconds: float) -> Row:
    """Play one camera for so long."""
    units, meter, counts = material(coding, seconds + _WARM_S), _Meter(), Counts()
    transcoders = Transcoders(1, lambda: ChildProcess.spawn(Limits()), SystemClock(), counts, Random(1))
    try:
        transcoder = transcoders.open(STREAM, meter.took)
        meter.given_ns[units[0].pts90] = time.monotonic_ns()
        transcoder.take(units[0])
        coming = units[1:4] if coding.b_frames else []
        for unit in coming:
            meter.given_ns[unit.pts90] = time.monotonic_ns()
            transcoder.take(unit)
        await eventually(lambda: meter.delays_ms, within_s=_START_S, what="the first picture")
        first_ms = (time.monotonic_ns() - meter.given_ns[units[0].pts90]) / 1e6
        pid = transcoder.pid
        assert pid is not None
        loop = asyncio.get_running_loop()
        began_s, warm = loop.time(), int(_WARM_S * coding.fps)
        started_ns = 0
        for number, unit in enumerate(units[1 + len(coming) :], 1):
            await asyncio.sleep(began_s + number / coding.fps - loop.time())
            if number == warm:
                started_ns, started_s = cpu_ns(pid), loop.time()
                meter.delays_ms.clear()
                meter.out_bytes = 0
            meter.given_ns[unit.pts90] = time.monotonic_ns()
            transcoder.take(unit)
        await asyncio.sleep(0.2)
        spent_s, passed_s = (cpu_ns(pid) - started_ns) / 1e9, loop.time() - started_s
        delays_ms = sorted(meter.delays_ms)
        return Row(
            camera,
            100 * spent_s / passed_s,
            resident_bytes(pid) / 1e6,
            first_ms,
            statistics.median(delays_ms),
            delays_ms[int(len(delays_ms) * 0.95)],
            meter.out_bytes * 8 / 1000 / passed_s,
            counts.transcode_dropped + counts.transcode_skipped,
        )
    finally:
        await transcoders.close()


def run(seconds: float = SECONDS) -> list[Row]:
    """All cases, one after the other."""
    return [asyncio.run(measured(camera, coding, seconds)) for camera, coding in CASES]


if __name__ == "__main__":
    for row in run():
        print(row)
