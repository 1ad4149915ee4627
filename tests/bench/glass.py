"""Glass to glass: from the UTC burnt into a simulated camera's picture to that picture on the page's screen.

Simulated camera (a process that draws and encodes) → RTSP → ingest → tap → mux → WHEP → headless Chromium.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shared.ids import StreamId
from shared.messages.ingest import CameraOpener, CameraStatus, WantedCamera
from tests.bench.figures import percentile
from tests.bench.ingest_cost import COMMUNE, TOKEN, process, worker
from tests.bench.mux_process import MuxProcess
from tests.bench.strip_page import Painted, certain, painted, play, strip_page, utc_offset_ms
from tests.bench.tables import Cell, Table
from tests.integration.ingest.control_room import StandIn
from tests.integration.mux.page import chromium
from tests.support.eventually import eventually
from tests.support.ports import free_port

FRAMES = 220
KBPS = 2000
FPS = 12.5
_STREAM = StreamId(COMMUNE, "glass")
_SETTLE_S = 2.0
_LONGEST_S = 90.0
_NAMES = {CameraOpener.OWN: "own", CameraOpener.AV: "av (libavformat)"}


def delays_ms(pictures: Sequence[Painted], offset_ms: float) -> list[float]:
    """The delay of each legible picture, from its strip's UTC to its time on the screen."""
    return [one.displayed_ms + offset_ms - one.said for one in certain(pictures) if one.said is not None]


async def _measure(opener: CameraOpener, frames: int) -> list[float]:
    room = StandIn(COMMUNE, TOKEN)
    await room.start()
    port = free_port()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with (
                MuxProcess(Path(folder)) as mux,
                process("ingest.simulator", "--port", str(port), f"glass:kbps={KBPS}"),
                worker(room, f"tcp://127.0.0.1:{mux.tap_port}"),
                chromium() as browser,
                strip_page(browser, mux.origin) as page,
            ):
                address = f"rtsp://127.0.0.1:{port}/glass"
                room.cameras = (WantedCamera(str(_STREAM), "glass", address, opener=opener),)
                await eventually(
                    lambda: room.status("glass") is CameraStatus.LIVE, within_s=60, what="the camera live"
                )
                await play(page, "glass", mux.url(_STREAM), mux.ticket(_STREAM))
                # The catch-up of the start is over by then.
                await asyncio.sleep(_SETTLE_S)
                before = len(await painted(page, "glass"))
                await asyncio.sleep(min(_LONGEST_S, frames / FPS))
                offset_ms = await utc_offset_ms(page)
                found = delays_ms((await painted(page, "glass"))[before:], offset_ms)
    finally:
        await room.close()
    if not found:
        raise RuntimeError("no picture on the page had a legible clock")
    return found


def run(frames: int = FRAMES) -> Table:
    """One row for each way to read a camera."""
    rows: list[list[Cell]] = []
    samples: dict[str, list[float]] = {}
    for opener, name in _NAMES.items():
        delays = asyncio.run(_measure(opener, frames))
        rows.append([name, len(delays), percentile(delays, 50), percentile(delays, 95), max(delays)])
        samples[name] = delays
    return Table(
        "glass",
        f"Glass to glass: UTC burnt into the picture to the screen of a page, {FPS} pictures/s, 704x576",
        ["RTSP client", "pictures", "p50 ms", "p95 ms", "max ms"],
        rows,
        note="Includes the simulated camera's drawing and x264 encoding, RTSP, ingest, tap, mux, SRTP, "
        "Chromium's jitter buffer, software decoding and the wait for a 60 Hz refresh, all on this machine; "
        "no sensor, no display, no network.",
        samples=samples,
    )
