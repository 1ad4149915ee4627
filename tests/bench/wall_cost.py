"""What walls cost mux: many cameras, each tile another one, and operators who watch the same or other ones.

`python -m tests.bench.wall_cost TAP_PORT CAMERAS` plays so many cameras into a tap, their pictures spread
evenly.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Endpoint, TapPublisher
from shared.units import AccessUnit
from tests.bench import load
from tests.bench.figures import fit_plane
from tests.bench.ingest_cost import process
from tests.bench.mux_process import MuxProcess
from tests.bench.spent import cpu_ns
from tests.bench.tables import Cell, Table
from tests.support.eventually import eventually
from tests.support.light_client import Browser
from tests.support.mux_stream import FPS, street
from tests.support.wall import Wall, wall

BITS_PER_SECOND = 500_000
"""Of a sub stream, as tiles of large walls show."""

SECONDS = 8.0
_GOP = 2 * FPS


@dataclass(frozen=True, slots=True)
class Load:
    """So many cameras, and walls that each show `tiles` of them."""

    cameras: int
    walls: int
    tiles: int


LOADS: Sequence[Load] = (
    *(Load(cameras, 1, cameras) for cameras in (4, 16, 36)),
    Load(72, 2, 36),
    *(Load(36, walls, 36) for walls in (2, 4, 8)),
)


def _stream(number: int) -> StreamId:
    return StreamId("59350", f"street-{number}")


class _Cameras:
    """All cameras on one publisher."""

    def __init__(self, tap_port: int, count: int) -> None:
        self._recent = {_stream(number): RecentUnits() for number in range(count)}
        endpoint = Endpoint.parse(f"connect:tcp://127.0.0.1:{tap_port}")
        self._publisher = TapPublisher([endpoint], None, lambda stream: self._recent[stream].snapshot())
        self._streams = tuple(self._recent)
        self._units = street(_GOP, 2 * _GOP, bits_per_second=BITS_PER_SECOND)

    async def play(self) -> None:
        """Publish until cancelled."""
        await self._publisher.start()
        loop = asyncio.get_running_loop()
        due_s, sent = loop.time(), 0
        while True:
            round_, turn = divmod(sent, len(self._streams))
            # Their groups begin at different times.
            self._publish(self._streams[turn], round_ + turn)
            sent += 1
            due_s += 1 / FPS / len(self._streams)
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    def _publish(self, stream: StreamId, number: int) -> None:
        played: AccessUnit = self._units[number % len(self._units)]
        unit = replace(played, stream=stream, seq=number, pts90=number * 90_000 // FPS)
        self._recent[stream].append(unit)
        self._publisher.publish(unit)


async def _measure(what: Load, seconds: float) -> list[Cell]:
    browser = Browser()
    with load.client_on_last_core() as core, tempfile.TemporaryDirectory() as folder:
        async with (
            MuxProcess(Path(folder), core=core) as mux,
            process("tests.bench.wall_cost", str(mux.tap_port), str(what.cameras)),
            AsyncExitStack() as stack,
        ):
            walls: list[Wall] = []
            for number in range(what.walls):
                first = number * what.tiles
                shown = [_stream((first + tile) % what.cameras) for tile in range(what.tiles)]
                ticket = mux.wall_ticket(*(stream.camera_path for stream in shown))
                walls.append(
                    await stack.enter_async_context(wall(mux.base, ticket, what.tiles, browser, keep=False))
                )
            # The cameras' pictures are coded before the first is played.
            await eventually(lambda: all(one.received.proven for one in walls), within_s=60, what="pictures")
            await asyncio.sleep(load.CALM_S)
            return await _row(what, mux, walls, seconds)


async def _row(what: Load, mux: MuxProcess, walls: Sequence[Wall], seconds: float) -> list[Cell]:
    loop = asyncio.get_running_loop()
    before = [one.received.packets for one in walls]
    began_ns, began_s = cpu_ns(mux.pid), loop.time()
    await asyncio.sleep(seconds)
    spent_ns, lasted_s = cpu_ns(mux.pid) - began_ns, loop.time() - began_s
    came = [one.received.packets - count for one, count in zip(walls, before, strict=True)]
    if not all(came):
        raise RuntimeError(f"{came.count(0)} of {len(walls)} walls got no media")
    packets = sum(came)
    percent, tiles = spent_ns / lasted_s / 1e7, what.walls * what.tiles
    return [
        what.cameras,
        what.walls,
        tiles,
        percent,
        percent / tiles,
        packets / lasted_s / tiles,
        spent_ns / packets / 1e3,
    ]


def run(loads: Sequence[Load] = LOADS, seconds: float = SECONDS) -> Table:
    """A row a load, each with a mux and cameras of its own."""
    return table([asyncio.run(_measure(what, seconds)) for what in loads])


def table(rows: Sequence[Sequence[Cell]]) -> Table:
    """The rows with their plane in the note."""
    found = Table(
        "walls",
        "Walls: cameras of 0.5 Mb/s, 25 pictures/s, each tile of a wall another one; mux pinned to one core",
        ["cameras", "walls", "tiles", "% core", "% core/tile", "packets/s a tile", "us/packet"],
        rows,
    )
    plane = fit_plane(found.column("cameras"), found.column("tiles"), found.column("% core"))
    note = (
        f"Least squares: {plane.offset:.2f} % + {plane.first:.3f} % of a core a camera that somebody watches "
        f"+ {plane.second:.3f} % a tile, R² {plane.r_squared:.4f}."
    )
    return replace(found, note=note)


def main() -> int:
    """Play cameras until stopped."""
    tap_port, count = map(int, sys.argv[1:3])
    asyncio.run(_Cameras(tap_port, count).play())
    return 0


if __name__ == "__main__":
    sys.exit(main())
