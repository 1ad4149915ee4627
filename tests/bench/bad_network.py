"""Chromium behind a bad network: starts, then some time of watching: a minute where something is lost.

mux, camera and browser are processes of their own; the network is a UDP relay in this one. The links have
60 ms of round trip, up to 30 ms of jitter towards the viewer, and reorder one datagram in a hundred.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx
from playwright.async_api import Page

from tests.bench.camera_process import camera_process
from tests.bench.figures import percentile
from tests.bench.mux_process import MuxProcess
from tests.bench.spent import resident_bytes
from tests.bench.tables import Cell, Table
from tests.integration.mux.page import chromium, inbound, open_page, play, served
from tests.support.mux_stream import STREAM
from tests.support.ports import free_port
from tests.support.relay import Link, Relay, relay

STARTS = 20
BITS_PER_SECOND = 2_000_000
_FIRST_S = 30.0
_SETTLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Case:
    """A network, by its name in the table."""

    name: str
    up: Link
    down: Link
    watch_s: float = 60.0


def lossy(percent: float, watch_s: float = 60.0) -> Case:
    """60 ms, 30 ms of jitter, 1 % reordered, and this loss in both directions."""
    loss = percent / 100
    return Case(
        f"{percent:.0f} % loss",
        Link(loss=loss, delay_ms=30),
        Link(loss=loss, delay_ms=30, jitter_ms=30, reordered=0.01),
        watch_s,
    )


CASES = (Case("local", Link(), Link(), 20.0), lossy(0, 20.0), lossy(2), lossy(5))


class _Bench:
    """A browser, mux, and the relay between them."""

    def __init__(self, mux: MuxProcess, network: Relay, browser_page: Page) -> None:
        self.mux = mux
        self.network = network
        self.page = browser_page

    async def start(self) -> float:
        """Milliseconds from the click to the first painted picture, on a fresh page."""
        await self.page.goto(f"{self.mux.origin}/")
        host, port = self.network.address
        await self.page.evaluate("place => { window.relay = place; }", f"{host} {port}")
        shown = await asyncio.wait_for(
            play(self.page, self.mux.url(STREAM), self.mux.ticket(STREAM)), _FIRST_S
        )
        found = shown["first_ms"]
        assert isinstance(found, float | int)
        return float(found)

    async def standing(self) -> dict[str, list[int]]:
        """What mux tells the page of its link."""
        place = await self.page.evaluate("window.place")
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{place}/report", json={"tiles": []})
        found: dict[str, list[int]] = answer.json()
        return found


async def _measure(bench: _Bench, case: Case, starts: int) -> tuple[list[Cell], list[float]]:
    bench.network.change(up=case.up, down=case.down)
    first_ms = [await bench.start() for _ in range(starts)]
    await asyncio.sleep(_SETTLE_S)
    before, memory = await inbound(bench.page), [resident_bytes(bench.mux.pid)]
    for _ in range(2):
        await asyncio.sleep(case.watch_s / 2)
        memory.append(resident_bytes(bench.mux.pid))
    after = await inbound(bench.page)

    def more(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    minutes = case.watch_s / 60
    row: list[Cell] = [
        case.name,
        len(first_ms),
        statistics.median(first_ms),
        percentile(first_ms, 95),
        max(first_ms),
        more("freezeCount") / minutes,
        more("totalFreezesDuration") / minutes,
        1000 * more("jitterBufferDelay") / max(1.0, more("jitterBufferEmittedCount")),
        (await bench.standing())["delay_ms"][0],
        more("nackCount") / minutes,
        more("retransmittedPacketsReceived") / minutes,
        more("pliCount") / minutes,
        *((later - earlier) / 1000 for earlier, later in pairwise(memory)),
    ]
    return row, first_ms


async def _run(cases: Sequence[Case], starts: int) -> Table:
    rows: list[list[Cell]] = []
    samples: dict[str, Sequence[float]] = {}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        media = "127.0.0.1", free_port()
        mux = await stack.enter_async_context(
            MuxProcess(folder, settings={"BEFFROI_UDP_PORT": str(media[1])})
        )
        await stack.enter_async_context(camera_process(mux.tap_port, BITS_PER_SECOND))
        await stack.enter_async_context(served(int(mux.origin.rpartition(":")[2])))
        browser = await stack.enter_async_context(chromium())
        network = await stack.enter_async_context(relay(media))
        bench = _Bench(mux, network, await open_page(browser, mux.origin))
        # Pays for the browser's own start, and waits for the camera's.
        await bench.start()
        for case in cases:
            row, samples[case.name] = await _measure(bench, case, starts)
            rows.append(row)
    return Table(
        "bad-network",
        f"Chromium behind a bad network, {BITS_PER_SECOND / 1e6:.0f} Mb/s, group of 2 s",
        [
            *(
                "network",
                "starts",
                "start p50 ms",
                "start p95 ms",
                "start max ms",
                "freezes/min",
                "frozen s/min",
            ),
            *("held back ms", "told ms", "NACK/min", "repaired/min", "PLI/min"),
            *("mux kB grown, first half", "mux kB grown, second half"),
        ],
        rows,
        {"start max ms": "500", "frozen s/min": "1 (at 2 %)", "told ms": "0 local, else 100-500"},
        "All but the local row: 60 ms of round trip, up to 30 ms of jitter, 1 % reordered. Held back: mean "
        "time of a picture in the browser's buffer. Told: the playout delay that mux chose.",
        samples=samples,
    )


def run(cases: Sequence[Case] = CASES, starts: int = STARTS) -> Table:
    """A row for each network."""
    return asyncio.run(_run(cases, starts))
