"""Delay added between a camera and a viewer: `python -m tests.bench.delay`.

From the moment the last packet of a picture leaves the (simulated) camera to the arrival of the picture's
first SRTP packet at a viewer, through real ingest and mux processes. Camera and viewer are in this process,
so both ends read one clock; arrivals are timed by the kernel, so that the many viewers of this process
do not delay what is measured. Pictures are recognised by their last bytes.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from ingest.simulator.cameras import parse_plans
from ingest.simulator.server import SimulatedCameras
from shared.ids import StreamId
from shared.messages.ingest import CameraOpener, WantedCamera
from tests.bench.figures import percentile
from tests.bench.ingest_cost import COMMUNE, TOKEN, worker
from tests.bench.mux_process import MuxProcess
from tests.bench.timed_client import TimedClient
from tests.integration.ingest.control_room import StandIn
from tests.support.eventually import eventually
from tests.support.light_client import Browser
from tests.support.light_sdp import Place, offer

LOADS = ((1, 1), (20, 100))
"""Cameras and viewers."""
SECONDS = 10.0
KBPS = 1000
_TAIL_BYTES = 24
_MARKER = 0x80


class _Sent:
    """Notes when each picture of a camera had left, by the picture's last bytes."""

    def __init__(self) -> None:
        self.at_ns: dict[bytes, int] = {}

    def picture(self, key: bool, packets: bytes) -> None:
        self.at_ns[packets[-_TAIL_BYTES:]] = time.time_ns()

    def report(self, packet: bytes) -> None:
        return


def delays_ms(sent: _Sent, arrivals: TimedClient) -> list[float]:
    """The delay of each picture that both ends saw, after the catch-up of the start."""
    found = []
    for packet in arrivals.received.rtp:
        tail = packet[-_TAIL_BYTES:]
        if packet[1] & _MARKER and tail in sent.at_ns and packet[4:8] in arrivals.picture_ns:
            found.append((arrivals.picture_ns[packet[4:8]] - sent.at_ns[tail]) / 1e6)
    return found


async def _measure(
    cameras: int, viewers: int, opener: CameraOpener, seconds: float
) -> tuple[dict[str, object], list[float]]:
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
                        WantedCamera(
                            f"{COMMUNE}/{plan.name}/main", plan.name, served.url(plan.name), opener=opener
                        )
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
                    viewer = await _join(mux, watched, watching=True)
                    others = [await _join(mux, watched) for _ in range(viewers - 1)]
                    # The paced start must be over: what is measured is the steady state.
                    await asyncio.sleep(2)
                    camera = served.get("watched")
                    assert camera is not None
                    camera.feed.join(sent)
                    await asyncio.sleep(seconds)
                    camera.feed.leave(sent)
                    for client in (viewer, *others):
                        client.close()
    finally:
        await room.close()
    found = delays_ms(sent, viewer)
    row: dict[str, object] = {
        "client": opener.value,
        "cameras": cameras,
        "viewers": viewers,
        "pictures": len(found),
        "p50_ms": percentile(found, 50),
        "p95_ms": percentile(found, 95),
        "max_ms": max(found),
    }
    return row, found


async def _join(mux: MuxProcess, stream: StreamId, *, watching: bool = False) -> TimedClient:
    browser = Browser()
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {mux.ticket(stream)}"}
    async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
        answer = await http.post(mux.url(stream), content=offer(browser.fingerprint), headers=headers)
    assert answer.status_code == 201, answer.text
    viewer = TimedClient(browser, Place.read(answer.text), watching=watching, keep=watching)
    await viewer.connect()
    return viewer


def run(
    loads: Sequence[tuple[int, int]] = LOADS, seconds: float = SECONDS
) -> list[tuple[dict[str, object], list[float]]]:
    """For each RTSP client, number of cameras of the worker and of viewers: a row, each picture's delay."""
    return [
        asyncio.run(_measure(cameras, viewers, opener, seconds))
        for cameras, viewers in loads
        for opener in (CameraOpener.OWN, CameraOpener.AV)
    ]


if __name__ == "__main__":
    for row, _ in run():
        print("  ".join(f"{name}={value}" for name, value in row.items()), flush=True)
    sys.exit(0)
