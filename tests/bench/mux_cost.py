"""What a viewer costs mux: CPU a delivered packet, CPU and memory a viewer. `python -m tests.bench.mux_cost`.

Each row says which path was taken (`BEFFROI_MUX_CORE`) and the floor measured right before it: the machine's
speed changes under other load, their ratio much less. `lost` is what viewers got less of than the one who got
most, `unread` what the kernel threw away before they read it. Viewers who read packet by packet fill the
client's core beyond some hundred; those who read runs (`RunsClient`) do not, and cost the sender less.

mux runs pinned to the first core; the camera and the viewers (light clients) share the other. Over loopback
the sender also pays for the receiver's way through the kernel. The first viewer's memory includes the
stream's own.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from mux.rtp.packetise import packetise
from mux.transport.core import Core
from shared.errors import Unavailable
from tests.bench import floor
from tests.bench.mux_process import MuxProcess
from tests.bench.runs_client import RunsClient, dropped
from tests.bench.spent import cpu_ns, resident_bytes
from tests.integration.mux.rig import Camera, playing
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.mux_stream import FPS, STREAM, street

SECONDS = 10.0
CALM_S = 5.0
"""What is done for starts has ended so long after the last one."""

_SETTLE_S = 3.0
_GOP = 50
_JOINING = 8


Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Load:
    """A path, a number of viewers, and whether these read run by run instead of packet by packet."""

    path: str
    viewers: int
    runs: bool = False


LOADS: Sequence[Load] = (
    *(Load("python", count) for count in (20, 100, 400)),
    *(Load("libcrypto", count) for count in (100, 400)),
    *(Load("compiled", count) for count in (20, 100, 400)),
    *(Load("compiled", count, runs=True) for count in (100, 400, 1000)),
)


def run(loads: Sequence[Load] = LOADS, seconds: float = SECONDS) -> list[tuple[Load, Row]]:
    """Measure each load in turn, each with a mux and a client of their own."""
    return [(load, asyncio.run(_measure(load, seconds))) for load in loads]


def sealing() -> str:
    """The library that the compiled core seals by here."""
    try:
        return Core.load().sealing
    except Unavailable as error:
        return f"none: {error.detail}"


async def _measure(load: Load, seconds: float) -> Row:
    floor_us = min(_floor_us(load) for _ in range(3))
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    units = street(_GOP, 2 * _GOP)
    try:
        with tempfile.TemporaryDirectory() as folder:
            how = {"BEFFROI_MUX_CORE": load.path}
            async with MuxProcess(Path(folder), core=cores[0], settings=how) as mux:
                camera = Camera(units, mux.tap_port, FPS)
                async with playing(camera):
                    row = await _with_viewers(mux, load, seconds)
                    packets = sum(len(packetise(unit.data)) for unit in units) / len(units) * FPS
                    sent_us = 1e4 * row["core_percent_net"] / packets / load.viewers
                    return {**row, "us_per_packet_sent": sent_us, "floor_us": floor_us}
    finally:
        os.sched_setaffinity(0, set(cores))


def _floor_us(load: Load) -> float:
    if load.path == "python":
        return floor.us_per_packet(1000, runs=load.runs)
    return floor.compiled_us_per_packet(viewers=load.viewers, runs=load.runs, fastest=load.path == "compiled")


async def _with_viewers(mux: MuxProcess, load: Load, seconds: float) -> Row:
    browser, viewers = Browser(), load.viewers
    kind = RunsClient if load.runs else LightClient
    async with httpx.AsyncClient(timeout=60.0) as http:
        idle_ns, idle_bytes = cpu_ns(mux.pid), resident_bytes(mux.pid)
        await asyncio.sleep(_SETTLE_S)
        idle_share = (cpu_ns(mux.pid) - idle_ns) / _SETTLE_S / 1e9
        clients = [await _join(mux, http, browser, kind)]
        await asyncio.sleep(_SETTLE_S)
        one_bytes = resident_bytes(mux.pid)
        clients += await _join_all(viewers - 1, mux, http, browser, kind)
        await asyncio.sleep(CALM_S)
        loop = asyncio.get_running_loop()
        before = [client.received.packets for client in clients]
        packets, octets = _totals(clients)
        unread = dropped(clients)
        began_ns, began_s = cpu_ns(mux.pid), loop.time()
        await asyncio.sleep(seconds)
        spent_ns, lasted_s = cpu_ns(mux.pid) - began_ns, loop.time() - began_s
        more_packets, more_octets = _totals(clients)
        unread = dropped(clients) - unread
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
        "unread_percent": 100 * unread / (most * viewers),
    }


async def _join_all(
    count: int, mux: MuxProcess, http: httpx.AsyncClient, browser: Browser, kind: type[LightClient]
) -> list[LightClient]:
    """So many more viewers, a few at a time: the client must not be what they wait for."""
    places = asyncio.Semaphore(_JOINING)

    async def join() -> LightClient:
        async with places:
            return await _join(mux, http, browser, kind)

    return await asyncio.gather(*(join() for _ in range(count)))


async def _join(
    mux: MuxProcess, http: httpx.AsyncClient, browser: Browser, kind: type[LightClient]
) -> LightClient:
    answer = await http.post(
        mux.url(STREAM),
        content=offer(browser.fingerprint),
        headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {mux.ticket(STREAM)}"},
    )
    assert answer.status_code == 201, answer.text
    client = kind(browser, Place.read(answer.text))
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
    parser.add_argument("--runs", action="store_true", help="viewers read run by run")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args()
    print(
        "path      viewers  us/packet  us/sent  floor  ratio"
        "  % of a core  % core/viewer   Mb/s  kB/viewer  lost %  unread %"
    )
    for load in [Load(path, viewers, chosen.runs) for path in chosen.paths for viewers in chosen.viewers]:
        _, row = run((load,), chosen.seconds)[0]
        print(
            f"{load.path:8}  {row['viewers']:7.0f}  {row['us_per_packet']:9.2f}"
            f"  {row['us_per_packet_sent']:7.2f}  {row['floor_us']:5.2f}"
            f"  {row['us_per_packet'] / row['floor_us']:5.2f}"
            f"  {row['core_percent']:11.1f}  {row['core_percent_per_viewer']:13.3f}"
            f"  {row['megabits_per_second']:5.0f}  {row['kilobytes_per_viewer']:9.0f}"
            f"  {row['lost_percent']:6.2f}  {row['unread_percent']:8.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
