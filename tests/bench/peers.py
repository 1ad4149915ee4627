"""What a delivered packet costs mux, Janus, MediaMTX, go2rtc and stock aiortc, in one run on one machine.

Each server is pinned to the first core in turn and loaded by the same light viewers with the same stream.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench import floor, mux_cost
from tests.bench.aiortc_process import AiortcProcess
from tests.bench.janus import JanusServer, Missing
from tests.bench.load import Cost, Kind, Server, client_on_last_core, measure
from tests.bench.mux_process import MuxProcess
from tests.bench.rtsp_peers import GO2RTC, MEDIAMTX, Program, RtspPeer
from tests.bench.runs_client import RunsClient
from tests.bench.tables import Cell, Table
from tests.integration.mux.rig import Camera, playing
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.mux_stream import BITS_PER_SECOND, FPS, STREAM, street

VIEWERS = (20, 50, 100)
FEW_VIEWERS = (5, 10, 20)
_GOP = 2 * FPS

Start = Callable[[Path, int], AbstractAsyncContextManager[Server]]


class MuxServer:
    """A mux whose stream plays, seen as any server."""

    def __init__(self, mux: MuxProcess) -> None:
        self._mux = mux

    @property
    def pid(self) -> int:
        return self._mux.pid

    async def join(self, browser: Browser, kind: Kind) -> LightClient:
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {self._mux.ticket(STREAM)}"}
        async with httpx.AsyncClient(timeout=60.0, trust_env=False) as http:
            answer = await http.post(
                self._mux.url(STREAM), content=offer(browser.fingerprint), headers=headers
            )
        assert answer.status_code == 201, answer.text
        client = kind(browser, Place.read(answer.text))
        await client.connect(within_s=60.0)
        return client


def mux_with(bits_per_second: int = BITS_PER_SECOND, **settings: str) -> Start:
    """How to start a mux with settings of its own, and a stream of that rate."""

    @asynccontextmanager
    async def start(folder: Path, core: int) -> AsyncIterator[Server]:
        units = street(_GOP, 2 * _GOP, bits_per_second=bits_per_second)
        async with (
            MuxProcess(folder, core=core, settings=settings) as mux,
            playing(Camera(units, mux.tap_port, FPS)),
        ):
            yield MuxServer(mux)

    return start


@asynccontextmanager
async def janus(folder: Path, core: int) -> AsyncIterator[Server]:
    async with JanusServer(folder, street(_GOP, 2 * _GOP), core) as server:
        yield server


@asynccontextmanager
async def aiortc(folder: Path, core: int) -> AsyncIterator[Server]:
    async with AiortcProcess(folder, core) as server:
        yield server


def rtsp_peer(program: Program) -> Start:
    """How to start a server that pulls a camera."""

    @asynccontextmanager
    async def start(folder: Path, core: int) -> AsyncIterator[Server]:
        async with RtspPeer(program, folder, core) as server:
            yield server

    return start


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is measured, by how many viewers, and whether these read run by run."""

    name: str
    start: Start
    viewers: Sequence[int] = VIEWERS
    runs: bool = False


ENTRIES = (
    Entry("mux", mux_with()),
    Entry("Janus", janus),
    Entry("MediaMTX", rtsp_peer(MEDIAMTX)),
    Entry("go2rtc", rtsp_peer(GO2RTC)),
    Entry("aiortc", aiortc, FEW_VIEWERS),
    Entry("mux", mux_with(), VIEWERS[-1:], runs=True),
    Entry("Janus", janus, VIEWERS[-1:], runs=True),
    Entry("MediaMTX", rtsp_peer(MEDIAMTX), VIEWERS[-1:], runs=True),
    Entry("go2rtc", rtsp_peer(GO2RTC), VIEWERS[-1:], runs=True),
)


def run(seconds: float = 8.0) -> Table:
    """Measure everybody who is here; who is not is named in the note with the reason."""
    floor_us = floor.us_per_packet()
    found: list[tuple[Entry, list[Cost]]] = []
    missing: dict[str, None] = {}
    for entry in ENTRIES:
        try:
            costs = asyncio.run(measured(entry.start, entry.viewers, seconds, runs=entry.runs))
            found.append((entry, costs))
        except Missing as error:
            missing[f"{error}."] = None
        except (OSError, RuntimeError, TimeoutError, AssertionError, httpx.HTTPError) as error:
            missing[f"{entry.name} could not be measured: {type(error).__name__}: {error}."] = None
    return table(found, floor_us, [*missing, f"mux seals by {mux_cost.sealing()}."])


async def measured(start: Start, counts: Sequence[int], seconds: float, *, runs: bool = False) -> list[Cost]:
    """Start a server on its core, measure it, stop it."""
    with client_on_last_core() as core, tempfile.TemporaryDirectory() as folder:
        async with start(Path(folder), core) as server:
            return await measure(server, counts, seconds, RunsClient if runs else LightClient)


def table(found: Sequence[tuple[Entry, list[Cost]]], floor_us: float, notes: Sequence[str]) -> Table:
    """The rows of everybody; `x mux` compares with mux read alike, at as many viewers or the most it had."""
    rows: list[list[Cell]] = [["encrypt and send only", "packets", None, floor_us, 1.0, *[None] * 5]]
    for entry, costs in found:
        alike = [cost for one, its in found if (one.name, one.runs) == ("mux", entry.runs) for cost in its]
        for cost in costs:
            rows.append(
                [
                    entry.name,
                    "runs" if entry.runs else "packets",
                    cost.viewers,
                    cost.us_per_packet,
                    cost.us_per_packet / floor_us,
                    cost.us_per_packet / _nearest(alike, cost.viewers).us_per_packet if alike else None,
                    cost.core_percent,
                    cost.core_percent_per_viewer,
                    cost.megabits_per_second,
                    cost.kilobytes_per_viewer,
                ]
            )
    return Table(
        "peers",
        "Cost of a viewer beside peers: 2 Mb/s, 25 pictures/s, server and light clients on a core each",
        [
            "server",
            "read",
            "viewers",
            "us/packet",
            "x floor",
            "x mux",
            "% core",
            "% core/viewer",
            "Mb/s",
            "kB/viewer",
        ],
        rows,
        {"us/packet": "2 (mux)", "x mux": "10 (Janus)", "kB/viewer": "120 (mux)"},
        " ".join(notes),
    )


def _nearest(costs: Sequence[Cost], viewers: int) -> Cost:
    return min(costs, key=lambda cost: (abs(cost.viewers - viewers), -cost.viewers))
