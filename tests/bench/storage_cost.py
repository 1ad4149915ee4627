"""What a recorded camera costs: CPU and memory of storage per camera of 2 Mb/s.

`python -m tests.bench.storage_cost` prints a table. CPU is the time on a core of all threads of storage
(/proc/PID/task/*/schedstat) over the measured seconds, less that of a storage without cameras; so is memory.
Segments are of 10 s instead of 60, so that closing, sealing and indexing them is well within the measure.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from shared.ids import StreamId
from shared.units import AccessUnit
from tests.bench.spent import cpu_ns, resident_bytes
from tests.integration.storage.harness import System, policy, storage
from tests.support.eventually import eventually
from tests.support.pictures import units

COUNTS = (1, 20)
FPS = 25
BYTES_PER_UNIT = 2_000_000 // 8 // FPS
_FILLER_NAL = b"\x00\x00\x00\x01\x0c"


def two_megabits(stream: StreamId) -> list[AccessUnit]:
    """Two seconds of real pictures, filled up to 2 Mb/s with filler data NAL units (H.264, 7.3.2.7)."""
    filled = []
    for unit in units(2 * FPS, stream=stream, gop=2 * FPS):
        room = max(0, BYTES_PER_UNIT - len(unit.data) - len(_FILLER_NAL) - 1)
        filled.append(replace(unit, data=unit.data + _FILLER_NAL + b"\xff" * room + b"\x80"))
    return filled


async def _play(system: System, streams: list[StreamId], seconds: float) -> None:
    """Publish every stream in real time."""
    loops = {stream: two_megabits(stream) for stream in streams}
    start_ns, start_s = time.time_ns(), time.monotonic()
    for number in range(int(seconds * FPS)):
        for index, (stream, loop) in enumerate(loops.items()):
            # Streams take turns within a picture's time, as real cameras would.
            due_s = start_s + (number + index / len(loops)) / FPS
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            system.publisher.publish(
                replace(
                    loop[number % len(loop)],
                    stream=stream,
                    seq=number,
                    pts90=number * 90_000 // FPS,
                    utc_ns=start_ns + number * 1_000_000_000 // FPS,
                )
            )


async def _cost(count: int, seconds: float) -> dict[str, object]:
    streams = [StreamId("59350", f"load-{number}") for number in range(count)]

    def without_cameras(system: System) -> None:
        system.room.policies = ()

    with tempfile.TemporaryDirectory() as folder:
        async with storage(Path(folder), {"BEFFROI_SEGMENT_S": "10"}, without_cameras) as system:
            assert system.process is not None
            pid = system.process.pid
            await asyncio.sleep(3)
            idle_cpu_ns, idle_mb = cpu_ns(pid), resident_bytes(pid) / 1e6
            await asyncio.sleep(seconds / 2)
            idle = (cpu_ns(pid) - idle_cpu_ns) / 1e9 / (seconds / 2)
            system.room.policies, system.room.version = tuple(policy(one) for one in streams), 2
            await eventually(
                lambda: all(system.publisher.wanted(one) for one in streams), what="subscriptions"
            )
            playing = asyncio.create_task(_play(system, streams, seconds + 6))
            await asyncio.sleep(4)
            started_cpu_ns, started_s = cpu_ns(pid), time.monotonic()
            await asyncio.sleep(seconds)
            busy = (cpu_ns(pid) - started_cpu_ns) / 1e9 / (time.monotonic() - started_s)
            busy_mb = resident_bytes(pid) / 1e6
            await playing
            lost = await system.metric("storage_units_lost_total")
    return {
        "cameras": count,
        "Mb/s each": BYTES_PER_UNIT * 8 * FPS / 1e6,
        "idle, % of a core": round(idle * 100, 2),
        "a camera, % of a core": round((busy - idle) * 100 / count, 2),
        "a camera, MB": round((busy_mb - idle_mb) / count, 1),
        "storage, MB": round(busy_mb),
        "units lost": int(lost),
    }


def run(seconds: float = 20.0) -> list[dict[str, object]]:
    """One row for each number of cameras."""
    return [asyncio.run(_cost(count, seconds)) for count in COUNTS]


def main() -> None:
    """Print the rows as a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="seconds measured for each row")
    rows = run(parser.parse_args().seconds)
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]}
    print("  ".join(name.rjust(width) for name, width in widths.items()))
    for row in rows:
        print("  ".join(str(row[name]).rjust(width) for name, width in widths.items()))


if __name__ == "__main__":
    main()
