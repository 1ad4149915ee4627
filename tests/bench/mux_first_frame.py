"""Time to the first picture in Chromium: `python -m tests.bench.mux_first_frame`.

From the click (before the offer is made) to the first painted frame, 20 tries for each length of the group of
pictures, each try at another place in the group of a camera that nobody has watched until then. mux and the
browser run as they would on one machine.
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from shared.ids import StreamId
from tests.bench.figures import percentile
from tests.bench.mux_process import MuxProcess
from tests.integration.mux.page import chromium, inbound, open_page, play, served
from tests.integration.mux.rig import Camera, playing
from tests.support.mux_stream import FPS, STREAM, street

TRIES = 20
_WATCH_S = 0.5
_FIRST_S = 30.0

Row = dict[str, float]


def run(gop_seconds: Sequence[int] = (2, 10), tries: int = TRIES) -> list[tuple[Row, list[float]]]:
    """Measure each length of group in turn: a row, and the time of each try."""
    return [asyncio.run(_measure(seconds, tries)) for seconds in gop_seconds]


async def _measure(gop_s: int, tries: int) -> tuple[Row, list[float]]:
    gop = gop_s * FPS
    units = street(gop, gop)
    first_ms: list[float] = []
    pli = lost = 0.0
    with tempfile.TemporaryDirectory() as folder:
        async with MuxProcess(Path(folder)) as mux, AsyncExitStack() as stack:
            streams = [StreamId(STREAM.commune, f"cam-{number}") for number in range(tries + 1)]
            for number, stream in enumerate(streams):
                camera = Camera([replace(unit, stream=stream) for unit in units], mux.tap_port, FPS)
                # Every try comes at another place in the group.
                head_start = gop // 2 + number * gop // len(streams)
                await stack.enter_async_context(playing(camera, head_start=head_start))
            await stack.enter_async_context(served(int(mux.origin.rpartition(":")[2])))
            browser = await stack.enter_async_context(chromium())
            for stream in streams:
                page = await open_page(browser, mux.origin)
                shown = await asyncio.wait_for(play(page, mux.url(stream), mux.ticket(stream)), _FIRST_S)
                found = shown["first_ms"]
                assert isinstance(found, float | int)
                first_ms.append(float(found))
                await asyncio.sleep(_WATCH_S)
                said = await inbound(page)
                pli += said.get("pliCount", 0)
                lost += said.get("packetsLost", 0)
                await page.close()
    # The first try pays for the browser's own start.
    times = first_ms[1:]
    row = {
        "gop_s": gop_s,
        "tries": len(times),
        "median_ms": statistics.median(times),
        "p95_ms": percentile(times, 95),
        "max_ms": max(times),
        "key_frame_requests": pli,
        "packets_lost": lost,
    }
    return row, times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gop", type=int, nargs="*", default=[2, 10])
    parser.add_argument("--tries", type=int, default=TRIES)
    chosen = parser.parse_args()
    print("GOP s  tries  median ms  p95 ms  max ms  PLI  lost")
    for gop in chosen.gop:
        row, _ = run((gop,), chosen.tries)[0]
        print(
            f"{row['gop_s']:5.0f}  {row['tries']:5.0f}  {row['median_ms']:9.0f}  {row['p95_ms']:6.0f}"
            f"  {row['max_ms']:6.0f}  {row['key_frame_requests']:3.0f}  {row['packets_lost']:4.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
