"""What an ingested camera costs: CPU and memory of the worker, and the time from "wanted" to a first unit.

`python -m tests.bench.ingest_cost` prints a table. CPU is the time on a core of all threads of the worker
(/proc/PID/task/*/schedstat) over the measured seconds, less that of a worker without cameras; so is memory.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cryptography.fernet import Fernet

from ingest.addresses import AddressRules
from ingest.ports import CameraAddress, Source
from ingest.rtsp.opener import RtspOpener
from shared.clock import SystemClock
from shared.ids import StreamId
from shared.messages.ingest import CameraOpener, CameraStatus, WantedCamera
from shared.tap import Endpoint, Gap, TapSubscriber
from shared.units import AccessUnit
from tests.bench.ingest_floor import FPS
from tests.bench.spent import cpu_ns, resident_bytes
from tests.integration.ingest.control_room import StandIn
from tests.support.eventually import eventually
from tests.support.ports import free_port

COMMUNE, TOKEN = "59350", "bench-token-of-the-worker"
COUNTS = (1, 5, 10, 20, 40)
COMPARED = 20
KBPS = 2000
TRIES = 10
SIMULATED = 4


@asynccontextmanager
async def process(*arguments: str, **settings: str) -> AsyncIterator[int]:
    """A program of ours with these settings, ended with the block; its pid."""
    environment = {**os.environ, **{f"BEFFROI_{name}": value for name, value in settings.items()}}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, env=environment, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child.pid
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


@asynccontextmanager
async def worker(room: StandIn, *endpoints: str) -> AsyncIterator[int]:
    """A worker process whose taps go to `endpoints`; its pid."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "CONTROL_URL": room.url,
            "WORKER_TOKEN": TOKEN,
            "CACHE_KEY": Fernet.generate_key().decode(),
            "TAP_ENDPOINTS": ",".join(f"connect:{endpoint}" for endpoint in endpoints),
            "STATUS_PORT": str(free_port()),
            "DATA_DIR": folder,
            "ALLOW_LOOPBACK": "true",
        }
        async with process("ingest", "--commune", COMMUNE, **settings) as pid:
            yield pid


def _stream(name: str) -> StreamId:
    return StreamId(COMMUNE, name)


def wanted(port: int, name: str, opener: CameraOpener = CameraOpener.OWN) -> WantedCamera:
    return WantedCamera(str(_stream(name)), name, f"rtsp://127.0.0.1:{port}/{name}", opener=opener)


class _Counter:
    def __init__(self) -> None:
        self.units = 0
        self.bytes = 0
        self.arrived = asyncio.Event()

    def take(self, item: AccessUnit | Gap) -> None:
        if isinstance(item, AccessUnit):
            self.units += 1
            self.bytes += len(item.data)
            self.arrived.set()


async def _cost(
    count: int, *, watched: bool, seconds: float, opener: CameraOpener = CameraOpener.OWN
) -> dict[str, object]:
    room = StandIn(COMMUNE, TOKEN)
    await room.start()
    endpoint, port = f"tcp://127.0.0.1:{free_port()}", free_port()
    tap = TapSubscriber([Endpoint.parse(f"bind:{endpoint}")], None, SystemClock())
    await tap.start()
    counter = _Counter()
    names = [f"load-{number}" for number in range(count)]
    try:
        async with (
            process("ingest.simulator", "--port", str(port), f"load*{count}:loop:kbps={KBPS}"),
            worker(room, endpoint) as pid,
        ):
            await eventually(lambda: room.raw_reports, within_s=20, what="a first report")
            idle_cpu, idle_mb = await share(pid, seconds), resident_bytes(pid) / 1e6
            if watched:
                for name in names:
                    tap.subscribe(_stream(name), counter.take)
            room.cameras = tuple(wanted(port, name, opener) for name in names)
            await eventually(
                lambda: all(room.status(name) is CameraStatus.LIVE for name in names), within_s=60
            )
            await asyncio.sleep(4)
            counter.bytes = 0
            busy_cpu, busy_mb = await share(pid, seconds), resident_bytes(pid) / 1e6
    finally:
        await tap.close()
        await room.close()
    return {
        "what": "ingested camera",
        "cameras": count,
        "opener": opener.value,
        "published": watched,
        "cpu_percent_a_camera": round(100 * (busy_cpu - idle_cpu) / count, 3),
        "cpu_percent_worker": round(100 * busy_cpu, 2),
        "cpu_percent_idle": round(100 * idle_cpu, 2),
        "mb_a_camera": round((busy_mb - idle_mb) / count, 2),
        "mb_worker": round(busy_mb, 1),
        "mbps_a_camera": round(counter.bytes * 8 / 1e6 / seconds / count, 2) if watched else None,
    }


async def _floor(count: int, seconds: float) -> dict[str, object]:
    return {
        "what": "floor",
        "cameras": count,
        "cpu_percent_a_camera": round(await floor_percent(count, seconds), 3),
    }


async def floor_percent(count: int, seconds: float, fps: float = FPS, loop: str = "uvloop") -> float:
    """What reading the bytes of so many cameras takes, without looking at them: % of a core each.

    `loop` is whose event loop reads, see `tests.bench.ingest_floor`.
    """
    port = free_port()
    async with process("tests.bench.ingest_floor", "send", str(port), "--fps", str(fps)):
        await eventually(lambda: listens(port), within_s=20, what="the sender")
        async with process("tests.bench.ingest_floor", "read", str(port), str(count), "--loop", loop) as pid:
            await asyncio.sleep(4)
            return 100 * await share(pid, seconds) / count


async def share(pid: int, seconds: float) -> float:
    """The share of a core a process takes over some seconds."""
    before_ns, start_s = cpu_ns(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_ns(pid) - before_ns) / 1e9 / (time.monotonic() - start_s)


async def _simulated(seconds: float) -> dict[str, object]:
    """What a live simulated camera costs its own process: its street drawn and encoded while it is read."""
    port = free_port()
    names = [f"live-{number}" for number in range(SIMULATED)]
    opener = RtspOpener(AddressRules(allow_loopback=True), SystemClock())
    async with process("ingest.simulator", "--port", str(port), f"live*{SIMULATED}") as pid:
        await eventually(lambda: listens(port), within_s=20, what="the simulator")
        idle_cpu = await share(pid, seconds)
        sources = [await opener.open(CameraAddress(f"rtsp://127.0.0.1:{port}/{name}")) for name in names]
        readers = [asyncio.create_task(_read(source)) for source in sources]
        await asyncio.sleep(2)
        busy_cpu = await share(pid, seconds)
        for reader, source in zip(readers, sources, strict=True):
            reader.cancel()
            source.close()
        await asyncio.gather(*readers, return_exceptions=True)
    return {
        "what": "simulated live camera",
        "cameras": SIMULATED,
        "cpu_percent_a_camera": round(100 * (busy_cpu - idle_cpu) / SIMULATED, 2),
    }


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _read(source: Source) -> None:
    while True:
        await source.next()


async def _first_units(tries: int) -> dict[str, object]:
    """From control_room's answer being another one to the first unit at a reader of the tap."""
    room = StandIn(COMMUNE, TOKEN)
    await room.start()
    endpoint, port = f"tcp://127.0.0.1:{free_port()}", free_port()
    tap = TapSubscriber([Endpoint.parse(f"bind:{endpoint}")], None, SystemClock())
    await tap.start()
    delays_ms: list[float] = []
    try:
        async with (
            process("ingest.simulator", "--port", str(port), f"live*{tries}:gop=10"),
            worker(room, endpoint),
        ):
            await eventually(lambda: room.raw_reports, within_s=20, what="a first report")
            for number in range(tries):
                counter = _Counter()
                tap.subscribe(_stream(f"live-{number}"), counter.take)
                # Spread over a second, so that tries meet every phase of the worker's polling.
                await asyncio.sleep(0.3 + number / tries)
                start = time.monotonic()
                room.cameras = (wanted(port, f"live-{number}"),)
                await asyncio.wait_for(counter.arrived.wait(), 20)
                delays_ms.append(1000 * (time.monotonic() - start))
    finally:
        await tap.close()
        await room.close()
    return {
        "what": "wanted to first unit",
        "tries": tries,
        "median_ms": round(statistics.median(delays_ms)),
        "max_ms": round(max(delays_ms)),
    }


async def _run(seconds: float) -> list[dict[str, object]]:
    rows = [
        await _floor(COMPARED, seconds),
        await _cost(COMPARED, watched=True, seconds=seconds, opener=CameraOpener.AV),
        await _cost(COMPARED, watched=False, seconds=seconds),
    ]
    rows += [await _cost(count, watched=True, seconds=seconds) for count in COUNTS]
    return [*rows, await _simulated(seconds), await _first_units(TRIES)]


def run(seconds: float = 7.0) -> list[dict[str, object]]:
    """All rows, each a dictionary of what was measured."""
    return asyncio.run(_run(seconds))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each measure lasts")
    for row in run(parser.parse_args().seconds):
        print("  ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
