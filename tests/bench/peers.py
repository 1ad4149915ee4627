"""What a delivered packet costs mux, Janus and stock aiortc, in one run on one machine.

Each server is pinned to the first core in turn and loaded by the same light viewers with the same stream.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx

from mux.settings import MuxSettings
from tests.bench import floor
from tests.bench.aiortc_process import AiortcProcess
from tests.bench.janus import JanusServer, Missing
from tests.bench.light_client import Browser, LightClient
from tests.bench.light_sdp import Place, offer
from tests.bench.load import Cost, Server, client_on_last_core, measure
from tests.bench.mux_process import MuxProcess
from tests.bench.mux_stream import BITS_PER_SECOND, FPS, STREAM, street
from tests.bench.tables import Cell, Table
from tests.integration.mux.rig import Camera, playing

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

    async def join(self, browser: Browser) -> LightClient:
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {self._mux.ticket(STREAM)}"}
        async with httpx.AsyncClient(timeout=60.0, trust_env=False) as http:
            answer = await http.post(
                self._mux.url(STREAM), content=offer(browser.fingerprint), headers=headers
            )
        assert answer.status_code == 201, answer.text
        client = LightClient(browser, Place.read(answer.text))
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


def servers() -> dict[str, tuple[Start, Sequence[int]]]:
    """Who is measured, and with how many viewers."""
    ours: dict[str, tuple[Start, Sequence[int]]] = {"mux": (mux_with(), VIEWERS)}
    if "core" in MuxSettings.model_fields:
        ours = {
            "mux, compiled core": (mux_with(BEFFROI_CORE="compiled"), VIEWERS),
            "mux, Python": (mux_with(BEFFROI_CORE="python"), VIEWERS),
        }
    return {**ours, "Janus": (janus, VIEWERS), "aiortc": (aiortc, FEW_VIEWERS)}


def run(seconds: float = 8.0) -> Table:
    """Measure everybody who is here; who is not is named in the note with the reason."""
    floor_us = floor.us_per_packet()
    found: dict[str, list[Cost]] = {}
    missing: list[str] = []
    for name, (start, counts) in servers().items():
        try:
            found[name] = asyncio.run(measured(start, counts, seconds))
        except Missing as error:
            missing.append(f"{error}.")
        except (OSError, RuntimeError, TimeoutError, AssertionError, httpx.HTTPError) as error:
            missing.append(f"{name} could not be measured: {type(error).__name__}: {error}.")
    return table(found, floor_us, missing)


async def measured(start: Start, counts: Sequence[int], seconds: float) -> list[Cost]:
    """Start a server on its core, measure it, stop it."""
    with client_on_last_core() as core, tempfile.TemporaryDirectory() as folder:
        async with start(Path(folder), core) as server:
            return await measure(server, counts, seconds)


def table(found: dict[str, list[Cost]], floor_us: float, missing: Sequence[str]) -> Table:
    """The rows of everybody; `x mux` compares with the first one at as many viewers, or the most it had."""
    ours = next(iter(found.values()), [])
    rows: list[list[Cell]] = [["encrypt and send only", None, floor_us, 1.0, None, None, None, None, None]]
    for name, costs in found.items():
        for cost in costs:
            rows.append(
                [
                    name,
                    cost.viewers,
                    cost.us_per_packet,
                    cost.us_per_packet / floor_us,
                    cost.us_per_packet / _nearest(ours, cost.viewers).us_per_packet,
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
        " ".join(missing),
    )


def _nearest(costs: Sequence[Cost], viewers: int) -> Cost:
    return min(costs, key=lambda cost: (abs(cost.viewers - viewers), -cost.viewers))
