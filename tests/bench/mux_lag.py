"""Whether a viewer who came later stays further behind live than one who was there before.

Both play in one page, from pictures that carry their number. From one second after the newcomer's first
picture on, each picture's time at the newcomer less its time at the other is the lag.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import percentile
from tests.bench.mux_process import MuxProcess
from tests.bench.mux_stream import FPS, STREAM, street
from tests.bench.strip_page import Painted, certain, painted, play, stop, strip_page
from tests.bench.tables import Cell, Table
from tests.integration.mux.page import chromium
from tests.integration.mux.rig import Camera, playing

TRIES = 8
AFTER_MS = 1000.0
_WATCH_S = 2.2
_STEP_S = 0.37


def lags_ms(newcomer: Sequence[Painted], other: Sequence[Painted], after_ms: float = AFTER_MS) -> list[float]:
    """How much later the newcomer paints each picture, from `after_ms` after its first one on."""
    if not newcomer:
        return []
    from_ms = newcomer[0].displayed_ms + after_ms
    # Numbers come round again with the loop: the newest time of each is the one to compare with.
    at_ms = {one.said: one.displayed_ms for one in certain(other) if one.displayed_ms > from_ms - after_ms}
    return [
        one.displayed_ms - at_ms[one.said]
        for one in certain(newcomer)
        if one.displayed_ms >= from_ms and one.said is not None and one.said in at_ms
    ]


async def _measure(gop_s: int, tries: int) -> list[float]:
    gop = gop_s * FPS
    units = street(gop, max(gop, 10 * FPS), numbered=True)
    found: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with MuxProcess(Path(folder)) as mux:
            camera = Camera(units, mux.tap_port, FPS)
            async with (
                playing(camera, head_start=gop // 2),
                chromium() as browser,
                strip_page(browser, mux.origin) as page,
            ):
                await play(page, "first", mux.url(STREAM), mux.ticket(STREAM))
                for number in range(tries):
                    # Tries meet different places of the group.
                    await asyncio.sleep(1.0 + number % 4 * _STEP_S)
                    await play(page, "newcomer", mux.url(STREAM), mux.ticket(STREAM))
                    await asyncio.sleep(_WATCH_S)
                    newcomer, other = await painted(page, "newcomer"), await painted(page, "first")
                    found += lags_ms(newcomer, other)
                    await stop(page, "newcomer")
    if not found:
        raise RuntimeError("no picture was seen by both viewers")
    return found


def run(gop_seconds: Sequence[int] = (2, 10), tries: int = TRIES) -> Table:
    """One row for each length of group."""
    rows: list[list[Cell]] = []
    for gop_s in gop_seconds:
        lags = asyncio.run(_measure(gop_s, tries))
        rows.append([gop_s, tries, len(lags), percentile(lags, 50), percentile(lags, 95), max(lags)])
    return Table(
        "lag",
        "Behind a viewer who was there before, from one second after the first picture",
        ["GOP s", "tries", "pictures", "p50 ms", "p95 ms", "max ms"],
        rows,
        {"p95 ms": "0"},
        "Both viewers in one page of Chromium; a refresh of the screen is 16.7 ms.",
    )
