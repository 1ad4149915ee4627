"""What a camera costs on its whole way before anybody watches, beside a bare loop that reads the same bytes.

`python -m tests.bench.camera_cost --cameras 20 100 500` prints and keeps the table. Each number of cameras
has floors and processes of its own, which go through all stages. CPU is the kernel's account of all threads
of a process (/proc/PID/task/*/schedstat), less what the process takes without cameras; so is memory.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.bench.camera_side import FPS, CameraSide, camera_side
from tests.bench.figures import fit
from tests.bench.ingest_cost import floor_percent
from tests.bench.spent import cpu_ns, resident_bytes
from tests.bench.tables import Cell, Table, keep

COUNTS: Sequence[int] = (20, 100, 500)
SECONDS = 6.0
_SETTLE_S = 3.0

PULLED = "pulled"
READ = "pulled, published, read"
RECORDED = "pulled to disk"
WATCHED = "in mux, watched"
AIMS: Mapping[str, float] = {PULLED: 0.7, READ: 1.2, RECORDED: 1.8, WATCHED: 0.5}
"""Multiples of the floor of Python's own loop."""

AIM_MB = 4


@dataclass(frozen=True, slots=True)
class Floors:
    """What a camera takes whose bytes are read and not looked at, in % of a core: by the event loop of
    Python's own library, and by uvloop, which the services run on."""

    python: float
    uvloop: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a camera takes in a stage, in % of a core, by process; memory only for the whole way."""

    cameras: int
    stage: str
    ingest: float
    reader: float
    mux: float
    floors: "Floors"
    megabytes: float | None = None
    lost: int | None = None

    @property
    def all(self) -> float:
        return self.ingest + self.reader + self.mux


async def shares(pids: Sequence[int], seconds: float) -> list[float]:
    """% of a core that each process takes over some seconds."""
    loop = asyncio.get_running_loop()
    before, began_s = [cpu_ns(pid) for pid in pids], loop.time()
    await asyncio.sleep(seconds)
    lasted_s = loop.time() - began_s
    return [(cpu_ns(pid) - ns) / lasted_s / 1e7 for pid, ns in zip(pids, before, strict=True)]


async def _measure(count: int, seconds: float) -> list[Cost]:
    python, uv = [await floor_percent(count, seconds, FPS, loop) for loop in ("asyncio", "uvloop")]
    async with camera_side(count) as side:
        return await _Stages(side, Floors(python, uv), seconds).all()


class _Stages:
    """The stages of one number of cameras, each begun where the one before has been measured."""

    def __init__(self, side: CameraSide, floors: Floors, seconds: float) -> None:
        self._side = side
        self._floors = floors
        self._seconds = seconds
        self._count = len(side.cameras)

    async def all(self) -> list[Cost]:
        side, kept = self._side, (self._side.worker, self._side.storage)
        await asyncio.sleep(_SETTLE_S)
        idle = await shares((*kept, side.mux.pid), self._seconds)
        idle_bytes = sum(map(resident_bytes, kept))
        await side.pull()
        (ingest,) = await self._settled(side.worker)
        pulled = self._cost(PULLED, ingest=ingest - idle[0])
        async with side.read() as reader:
            ingest, read = await self._settled(side.worker, reader)
            published = self._cost(READ, ingest=ingest - idle[0], reader=read)
        await side.record()
        ingest, recorder = await self._settled(*kept)
        recorded = self._cost(RECORDED, ingest=ingest - idle[0], reader=recorder - idle[1])
        megabytes = (sum(map(resident_bytes, kept)) - idle_bytes) / 1e6 / self._count
        lost = await side.lost()
        watched = await self._watched(idle[2])
        return [pulled, published, replace(recorded, megabytes=megabytes, lost=lost), watched]

    async def _watched(self, idle: float) -> Cost:
        """What one wall takes less what a second one adds: the cameras themselves, shown to nobody."""
        tiles = await self._side.watch()
        (one,) = await self._settled(self._side.mux.pid)
        await self._side.watch()
        (two,) = await self._settled(self._side.mux.pid)
        return self._cost(WATCHED, mux=(2 * one - two - idle) * self._count / tiles)

    async def _settled(self, *pids: int) -> list[float]:
        await asyncio.sleep(_SETTLE_S)
        return await shares(pids, self._seconds)

    def _cost(self, stage: str, *, ingest: float = 0.0, reader: float = 0.0, mux: float = 0.0) -> Cost:
        count = self._count
        return Cost(count, stage, ingest / count, reader / count, mux / count, self._floors)


def table(costs: Sequence[Cost]) -> Table:
    """A row a cost, stage by stage, with the line through each stage's numbers of cameras in the note."""
    ordered = [cost for stage in AIMS for cost in costs if cost.stage == stage]
    return Table(
        "cameras",
        "The camera side: 2 Mb/s, 25 pictures/s, RTSP over TCP, % of a core a camera",
        [
            *("cameras", "stage", "ingest", "reader", "mux", "all"),
            *("Python's loop", "x Python's loop", "aim x Python's loop", "uvloop", "x uvloop"),
            *("all % core", "MB/camera", "lost"),
        ],
        [_row(cost) for cost in ordered],
        {"MB/camera": str(AIM_MB), "lost": "0"},
        " ".join([_READ_AS, *filter(None, (_line(stage, ordered) for stage in AIMS))]),
    )


_READ_AS = (
    "Above what the processes take without cameras. Two floors of the same run: a bare loop that is woken "
    "for each picture of as many cameras and reads its bytes, once the event loop of Python's own library (a "
    "selector's, with a BufferedProtocol) and once uvloop, which the services run on. The aims are multiples "
    "of the floor of Python's own loop. Reader: a process that reads the tap as storage does and keeps "
    "nothing, or storage. Watched: what one wall takes less what a second one of the same cameras adds."
)


def _row(cost: Cost) -> list[Cell]:
    floors = cost.floors
    return [
        *(cost.cameras, cost.stage, cost.ingest, cost.reader, cost.mux, cost.all),
        *(floors.python, cost.all / floors.python, AIMS[cost.stage], floors.uvloop, cost.all / floors.uvloop),
        *(cost.all * cost.cameras, cost.megabytes, cost.lost),
    ]


def _line(stage: str, costs: Sequence[Cost]) -> str:
    points = [(cost.cameras, cost.all * cost.cameras) for cost in costs if cost.stage == stage]
    if len({count for count, _ in points}) < 2:
        return ""
    line = fit(*zip(*points, strict=True))
    return (
        f"Least squares, {stage}: {line.offset:.2f} % + {line.slope:.3f} % a camera, R² {line.r_squared:.4f}."
    )


def run(counts: Sequence[int] = COUNTS, seconds: float = SECONDS) -> Table:
    """All stages of each number of cameras."""
    return table([cost for count in counts for cost in asyncio.run(_measure(count, seconds))])


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cameras", type=int, nargs="+", default=COUNTS, help="numbers of cameras")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each stage is measured")
    chosen = parser.parse_args()
    # Imports this module.
    from tests.bench.parts import machine

    where = machine()
    found = replace(run(chosen.cameras, chosen.seconds), machine=where)
    keep(found)
    print(found.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
