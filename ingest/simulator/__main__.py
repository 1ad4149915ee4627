"""`python -m ingest.simulator --port P CAMERA...`"""

import argparse
import asyncio
import os
import signal
import sys

import cv2

from ingest.simulator.cameras import parse_plans
from ingest.simulator.cards import CARDS
from ingest.simulator.server import SimulatedCameras
from shared.errors import BeffroiError

_HELP = """CAMERA is NAME[*COUNT][:OPTION]..., served at rtsp://HOST:PORT/NAME
(with *COUNT: NAME-0, NAME-1, ...).
Options: loop (one pre-made loop, for load; otherwise drawn and encoded while watched), gop=SECONDS, kbps=N,
fps=N, size=WIDTHxHEIGHT, codec=h264|h265|mjpeg|mpeg4, bframes=N, auth=USER/PASSWORD, audio, stall=SECONDS,
jump=SECONDS, fault=NAME; for faults: after=SECONDS (when it strikes, or how late it answers),
session=SECONDS (the session's time-out), hurry=N (ends it N times sooner), to=NAME (where it redirects).
Example: place:gop=10 place-sub:size=352x288:kbps=200 load*200:loop:kbps=2000 odd:loop:fault=no-marker
Faults (docs/cameras.md):
"""


def _help() -> str:
    return _HELP + "\n".join(f"  {card.fault.value:22}{card.does}" for card in CARDS)


async def _run(host: str, port: int, cameras: list[str]) -> None:
    # Pictures are small: OpenCV's own threads would cost more than they give.
    cv2.setNumThreads(1)
    plans = [plan for text in cameras for plan in parse_plans(text)]
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    async with SimulatedCameras(host, port) as server:
        for plan in plans:
            server.add(plan)
            print(server.url(plan.name), flush=True)
        await stopping.wait()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.simulator",
        description="Simulated RTSP cameras.",
        epilog=_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        fromfile_prefix_chars="@",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("cameras", nargs="+", metavar="CAMERA")
    arguments = parser.parse_args()
    try:
        asyncio.run(_run(arguments.host, arguments.port, arguments.cameras))
    except BeffroiError as error:
        print(error.detail, file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"cannot listen on {arguments.host}:{arguments.port}: {os.strerror(error.errno or 0)}",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
