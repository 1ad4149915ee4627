"""Delay added between a camera and a viewer: `python -m tests.bench.delay`.

From the moment the last packet of a picture leaves the (simulated) camera to the arrival of the picture's
first SRTP packet at a viewer, through real ingest and mux processes. Camera and viewer are in this process,
so both ends read one clock. Pictures are recognised by their last bytes.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from ingest.simulator.cameras import parse_plans
from ingest.simulator.server import SimulatedCameras
from shared.ids import StreamId
from shared.messages import WantedCamera
from tests.bench.ingest_cost import COMMUNE, TOKEN, worker
from tests.bench.light_client import Browser, LightClient, Place, offer
from tests.bench.mux_process import MuxProcess
from tests.integration.ingest.control_room import StandIn
from tests.support.eventually import eventually

CAMERA_COUNTS = (1, 20)
SECONDS = 10.0
KBPS = 1000
_TAIL_BYTES = 24
_MARKER = 0x80


class _Sent:
    """Notes when each picture of a camera had left, by the picture's last bytes."""

    def __init__(self) -> None:
        self.at_ns: dict[bytes, int] = {}

    def picture(self, key: bool, packets: bytes) -> None:
        self.at_ns[packets[-_TAIL_BYTES:]] = time.monotonic_ns()

    def report(self, packet: bytes) -> None:
        return


class _Arrivals(LightClient):
    """A viewer that notes when the first packet of each picture came, by RTP timestamp."""

    def __init__(self, browser: Browser, place: Place) -> None:
        super().__init__(browser, place, keep=True)
        self.first_ns: dict[bytes, int] = {}

    def _open(self, datagram: bytes) -> None:
        self.first_ns.setdefault(datagram[4:8], time.monotonic_ns())
        super()._open(datagram)


def delays_ms(sent: _Sent, arrivals: _Arrivals) -> list[float]:
    """The delay of each picture that both ends saw, after the catch-up of the start."""
    found = []
    for packet in arrivals.received.rtp:
        tail = packet[-_TAIL_BYTES:]
        if packet[1] & _MARKER and tail in sent.at_ns:
            found.append((arrivals.first_ns[packet[4:8]] - sent.at_ns[tail]) / 1e6)
    return found


async def _measure(cameras: int, seconds: float) -> dict[str, object]:
    room = StandIn(COMMUNE, TOKEN)
    await room.start()
    watched = StreamId(COMMUNE, "watched")
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with MuxProcess(Path(folder)) as mux, SimulatedCameras() as served:
                plans = [
                    *parse_plans(f"watched:kbps={KBPS}"),
                    *parse_plans(f"load*{cameras}:loop:kbps={KBPS}"),
                ]
                for plan in plans[:cameras]:
                    served.add(plan)
                sent = _Sent()
                async with worker(room, f"tcp://127.0.0.1:{mux.tap_port}"):
                    room.cameras = tuple(
                        WantedCamera(f"{COMMUNE}/{plan.name}/main", plan.name, served.url(plan.name))
                        for plan in plans[:cameras]
                    )
                    await eventually(
                        lambda: (
                            len(room.reports.reports) == cameras
                            and all(report.status == "live" for report in room.reports.reports)
                        ),
                        within_s=60,
                        what="all cameras live",
                    )
                    viewer = await _join(mux, watched)
                    # The paced start must be over: what is measured is the steady state.
                    await asyncio.sleep(2)
                    camera = served.get("watched")
                    assert camera is not None
                    camera.feed.join(sent)
                    await asyncio.sleep(seconds)
                    camera.feed.leave(sent)
                    viewer.close()
    finally:
        await room.close()
    found = sorted(delays_ms(sent, viewer))
    return {
        "cameras": cameras,
        "pictures": len(found),
        "p50_ms": statistics.median(found),
        "p95_ms": found[round(0.95 * (len(found) - 1))],
        "max_ms": found[-1],
    }


async def _join(mux: MuxProcess, stream: StreamId) -> _Arrivals:
    browser = Browser()
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {mux.ticket(stream)}"}
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        answer = await http.post(mux.url(stream), content=offer(browser.fingerprint), headers=headers)
    assert answer.status_code == 201, answer.text
    viewer = _Arrivals(browser, Place.read(answer.text))
    await viewer.connect()
    return viewer


def run(camera_counts: Sequence[int] = CAMERA_COUNTS, seconds: float = SECONDS) -> list[dict[str, object]]:
    """One row for each number of cameras of the worker."""
    return [asyncio.run(_measure(count, seconds)) for count in camera_counts]


if __name__ == "__main__":
    for row in run():
        print("  ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    sys.exit(0)
