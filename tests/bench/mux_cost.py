"""What a viewer costs mux: CPU a delivered packet, CPU and memory a viewer. `python -m tests.bench.mux_cost`.

Each row says which path was taken (`BEFFROI_MUX_CORE`) and the floor measured right before it: the machine's
speed changes under other load, their ratio much less. `lost` is what viewers got less of than the one who got
most. Beyond some hundred viewers that is what the client's core cannot read: `us/sent` is by what the
stream holds for all of them instead.

mux runs pinned to the first core; the camera and the viewers (light clients) share the other. Over loopback
the sender also pays for the receiver's way through the kernel. The first viewer's memory includes the
stream's own.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx

from mux.packetise import packetise
from tests.bench import floor
from tests.bench.light_client import Browser, LightClient
from tests.bench.light_sdp import Place, offer
from tests.bench.mux_process import MuxProcess
from tests.bench.mux_stream import FPS, STREAM, street
from tests.bench.spent import cpu_ns, resident_bytes
from tests.integration.mux.rig import Camera, playing

SECONDS = 10.0
_SETTLE_S = 3.0
_GOP = 50
_JOINING = 8

Row = dict[str, float]
LOADS: Sequence[tuple[str, int]] = (
    *(("python", count) for count in (20, 100, 400)),
    *(("compiled", count) for count in (20, 100, 400, 1000)),
)
"""Path and number of viewers of each row."""


def run(loads: Sequence[tuple[str, int]] = LOADS, seconds: float = SECONDS) -> list[tuple[str, Row]]:
    """Measure each load in turn, each with a mux and a client of their own; the path and its figures."""
    return [(path, asyncio.run(_measure(path, count, seconds))) for path, count in loads]


async def _measure(path: str, viewers: int, seconds: float) -> Row:
    floor_us = min(floor.us_per_packet(1000) for _ in range(3))
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    units = street(_GOP, 2 * _GOP)
    try:
        with tempfile.TemporaryDirectory() as folder:
            how = {"BEFFROI_MUX_CORE": path}
            async with MuxProcess(Path(folder), core=cores[0], settings=how) as mux:
                camera = Camera(units, mux.tap_port, FPS)
                async with playing(camera):
                    row = await _with_viewers(mux, viewers, seconds)
                    packets = sum(len(packetise(unit.data)) for unit in units) / len(units) * FPS * viewers
                    sent_us = 1e4 * row["core_percent_net"] / packets
                    return {**row, "us_per_packet_sent": sent_us, "floor_us": floor_us}
    finally:
        os.sched_setaffinity(0, set(cores))


async def _with_viewers(mux: MuxProcess, viewers: int, seconds: float) -> Row:
    browser = Browser()
    async with httpx.AsyncClient(timeout=60.0) as http:
        idle_ns, idle_bytes = cpu_ns(mux.pid), resident_bytes(mux.pid)
        await asyncio.sleep(_SETTLE_S)
        idle_share = (cpu_ns(mux.pid) - idle_ns) / _SETTLE_S / 1e9
        clients = [await _join(mux, http, browser)]
        await asyncio.sleep(_SETTLE_S)
        one_bytes = resident_bytes(mux.pid)
        clients += await _join_all(viewers - 1, mux, http, browser)
        await asyncio.sleep(_SETTLE_S)
        loop = asyncio.get_running_loop()
        before = [client.received.packets for client in clients]
        packets, octets = _totals(clients)
        began_ns, began_s = cpu_ns(mux.pid), loop.time()
        await asyncio.sleep(seconds)
        spent_ns, lasted_s = cpu_ns(mux.pid) - began_ns, loop.time() - began_s
        more_packets, more_octets = _totals(clients)
        all_bytes = resident_bytes(mux.pid)
        most = max(client.received.packets - first for client, first in zip(clients, before, strict=True))
        for client in clients:
            assert client.received.proven, "a viewer got nothing it could decrypt"
            client.close()
    # The first viewer brings the stream's own memory; the others tell what a viewer takes.
    viewer_bytes = (all_bytes - one_bytes) / (viewers - 1) if viewers > 1 else all_bytes - idle_bytes
    delivered = more_packets - packets
    net_ns = spent_ns - idle_share * lasted_s * 1e9
    return {
        "viewers": viewers,
        "us_per_packet": net_ns / delivered / 1000,
        "us_per_packet_gross": spent_ns / delivered / 1000,
        "core_percent_net": net_ns / lasted_s / 1e7,
        "core_percent": spent_ns / lasted_s / 1e7,
        "core_percent_per_viewer": net_ns / lasted_s / 1e7 / viewers,
        "megabits_per_second": (more_octets - octets) * 8 / lasted_s / 1e6,
        "kilobytes_per_viewer": viewer_bytes / 1000,
        "packets_per_second": delivered / lasted_s,
        "lost_percent": 100 * (1 - delivered / most / viewers),
    }


async def _join_all(
    count: int, mux: MuxProcess, http: httpx.AsyncClient, browser: Browser
) -> list[LightClient]:
    """So many more viewers, a few at a time: the client must not be what they wait for."""
    places = asyncio.Semaphore(_JOINING)

    async def join() -> LightClient:
        async with places:
            return await _join(mux, http, browser)

    return await asyncio.gather(*(join() for _ in range(count)))


async def _join(mux: MuxProcess, http: httpx.AsyncClient, browser: Browser) -> LightClient:
    answer = await http.post(
        mux.url(STREAM),
        content=offer(browser.fingerprint),
        headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {mux.ticket(STREAM)}"},
    )
    assert answer.status_code == 201, answer.text
    client = LightClient(browser, Place.read(answer.text))
    await client.connect(within_s=60.0)
    return client


def _totals(clients: Sequence[LightClient]) -> tuple[int, int]:
    return (
        sum(client.received.packets for client in clients),
        sum(client.received.octets for client in clients),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, nargs="*", default=[100, 400])
    parser.add_argument("--paths", nargs="*", default=["python", "compiled"])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args()
    print(
        "path      viewers  us/packet  us/sent  floor  ratio"
        "  % of a core  % core/viewer   Mb/s  kB/viewer  lost %"
    )
    for load in [(path, viewers) for path in chosen.paths for viewers in chosen.viewers]:
        path, row = run((load,), chosen.seconds)[0]
        print(
            f"{path:8}  {row['viewers']:7.0f}  {row['us_per_packet']:9.2f}"
            f"  {row['us_per_packet_sent']:7.2f}  {row['floor_us']:5.2f}"
            f"  {row['us_per_packet'] / row['floor_us']:5.2f}"
            f"  {row['core_percent']:11.1f}  {row['core_percent_per_viewer']:13.3f}"
            f"  {row['megabits_per_second']:5.0f}  {row['kilobytes_per_viewer']:9.0f}"
            f"  {row['lost_percent']:6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
