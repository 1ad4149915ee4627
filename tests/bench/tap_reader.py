"""A recorder that keeps nothing: a process that reads cameras from the tap, for what reading alone takes.

`python -m tests.bench.tap_reader PORT STREAM...` binds PORT of loopback and reads these streams until
stopped.
"""

import asyncio
import sys

import uvloop

from shared.clock import SystemClock
from shared.ids import StreamId
from shared.tap import Endpoint, Gap, TapSubscriber
from shared.tap.gathered import Gathered
from shared.units import AccessUnit


def _take(_item: AccessUnit | Gap) -> None:
    """What came is of no interest."""


def _take_together(_several: Gathered) -> None:
    """Nor is what came together, as storage takes it."""


async def _read(port: int, streams: list[StreamId]) -> None:
    tap = TapSubscriber([Endpoint.parse(f"bind:tcp://127.0.0.1:{port}")], None, SystemClock(), may_wait=True)
    await tap.start()
    for stream in streams:
        tap.subscribe(stream, _take, together=_take_together)
    await asyncio.Event().wait()


def main() -> int:
    """Read until stopped."""
    uvloop.run(_read(int(sys.argv[1]), [StreamId.parse(text) for text in sys.argv[2:]]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
