"""Time to the first picture in Chromium: `python -m tests.bench.mux_first_frame`.

From the click (before the offer is made) to the first painted frame, 20 tries for each length of the group of
pictures, each try at another place in the group. mux and the browser run as they would on one machine.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.mux_process import MuxProcess
from tests.bench.mux_stream import FPS, STREAM, street
from tests.integration.mux.page import chromium, inbound, open_page, play, served
from tests.integration.mux.rig import Camera, playing

TRIES = 20
_WATCH_S = 0.5
_FIRST_S = 30.0

Row = dict[str, float]


def run(gop_seconds: Sequence[int] = (2, 10), tries: int = TRIES) -> list[Row]:
    """Measure each length of group in turn."""
    return [asyncio.run(_measure(seconds, tries)) for seconds in gop_seconds]


async def _measure(gop_s: int, tries: int) -> Row:
    gop = gop_s * FPS
    units = street(gop, gop)
    spread = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        async with MuxProcess(Path(folder)) as mux:
            camera = Camera(units, mux.tap_port, FPS)
            port = int(mux.origin.rpartition(":")[2])
            async with playing(camera, head_start=gop // 2), served(port), chromium() as browser:
                first_ms: list[float] = []
                pli = lost = 0.0
                for _ in range(tries + 1):
                    page = await open_page(browser, mux.origin)
                    shown = await asyncio.wait_for(play(page, mux.url(STREAM), mux.ticket(STREAM)), _FIRST_S)
                    found = shown["first_ms"]
                    assert isinstance(found, float | int)
                    first_ms.append(float(found))
                    await asyncio.sleep(_WATCH_S)
                    said = await inbound(page)
                    pli += said.get("pliCount", 0)
                    lost += said.get("packetsLost", 0)
                    await page.close()
                    await asyncio.sleep(spread.random() * 2)
    # The first try pays for the browser's own start.
    ordered = sorted(first_ms[1:])
    return {
        "gop_s": gop_s,
        "tries": len(ordered),
        "median_ms": statistics.median(ordered),
        "p95_ms": ordered[max(0, round(0.95 * len(ordered)) - 1)],
        "max_ms": ordered[-1],
        "key_frame_requests": pli,
        "packets_lost": lost,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gop", type=int, nargs="*", default=[2, 10])
    parser.add_argument("--tries", type=int, default=TRIES)
    chosen = parser.parse_args()
    print("GOP s  tries  median ms  p95 ms  max ms  PLI  lost")
    for gop in chosen.gop:
        row = run((gop,), chosen.tries)[0]
        print(
            f"{row['gop_s']:5.0f}  {row['tries']:5.0f}  {row['median_ms']:9.0f}  {row['p95_ms']:6.0f}"
            f"  {row['max_ms']:6.0f}  {row['key_frame_requests']:3.0f}  {row['packets_lost']:4.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
