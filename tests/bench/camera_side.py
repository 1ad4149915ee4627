"""The camera side in processes of its own, as a centre has it: worker, recorder, mux, simulated cameras.

Everything is at rest until it is told: `pull` gives the worker its cameras, `record` the recorder, `watch`
opens one more wall.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from shared.ids import StreamId
from shared.messages.ingest import CameraStatus, WantedCamera
from tests.bench.ingest_cost import COMMUNE, TOKEN, listens, process, wanted, worker
from tests.bench.mux_process import MuxProcess
from tests.integration.ingest.control_room import StandIn
from tests.integration.storage.harness import System, policy, storage
from tests.support.eventually import eventually
from tests.support.light_client import Browser
from tests.support.ports import free_port
from tests.support.wall import wall

FPS, KBPS = 25, 2000
TILES = 36
"""The most that a wall shows."""

_CAMERAS_A_SIMULATOR = 100


@dataclass
class CameraSide:
    """What runs, and its process ids."""

    room: StandIn
    recorder: System
    mux: MuxProcess
    worker: int
    cameras: Sequence[WantedCamera]
    reader_port: int
    _stack: AsyncExitStack
    _browser: Browser = field(default_factory=Browser)

    @property
    def storage(self) -> int:
        assert self.recorder.process is not None
        return self.recorder.process.pid

    @property
    def streams(self) -> list[StreamId]:
        return [StreamId.parse(camera.stream) for camera in self.cameras]

    async def pull(self) -> None:
        """Let the worker have its cameras, until all are live."""
        self.room.cameras = tuple(self.cameras)
        names = [camera.stream.split("/")[1] for camera in self.cameras]
        await eventually(
            lambda: all(self.room.status(name) is CameraStatus.LIVE for name in names),
            within_s=120,
            what="all cameras live",
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[int]:
        """A process that reads all cameras from the tap and keeps nothing; its id."""
        names = [str(stream) for stream in self.streams]
        async with process("tests.bench.tap_reader", str(self.reader_port), *names) as pid:
            yield pid

    async def record(self) -> None:
        """Let the recorder have all cameras, until fragments of each may be on the disk."""
        self.recorder.room.policies = tuple(policy(stream) for stream in self.streams)
        self.recorder.room.version += 1

        async def recorded() -> bool:
            return await self.recorder.metric("storage_fragments_total") >= len(self.cameras)

        await eventually(recorded, within_s=60, what="fragments on the disk")

    async def watch(self) -> int:
        """Open one more wall of the first cameras; how many tiles it has."""
        tiles = min(TILES, len(self.cameras))
        ticket = self.mux.wall_ticket(*(stream.camera_path for stream in self.streams[:tiles]))
        client = await self._stack.enter_async_context(
            wall(self.mux.base, ticket, tiles, self._browser, keep=False)
        )
        await eventually(lambda: client.received.proven, within_s=30, what="pictures on the wall")
        return tiles

    async def lost(self) -> int:
        """Pictures the recorder knows it lost."""
        metrics = ("storage_units_lost_total", "tap_units_lost_total")
        return int(sum([await self.recorder.metric(name) for name in metrics]))


@asynccontextmanager
async def camera_side(count: int) -> AsyncIterator[CameraSide]:
    """Everything started and at rest, for so many cameras of KBPS at FPS."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = [folder / name for name in ("storage", "mux")]
        for place in places:
            place.mkdir()
        room = StandIn(COMMUNE, TOKEN)
        await room.start()
        stack.push_async_callback(room.close)
        recorder = await stack.enter_async_context(
            storage(places[0], {"BEFFROI_SEGMENT_S": "60"}, _without_cameras)
        )
        mux = await stack.enter_async_context(MuxProcess(places[1]))
        cameras = await _simulated(stack, count)
        reader_port = free_port()
        taps = [f"tcp://127.0.0.1:{port}" for port in (recorder.tap_port, mux.tap_port, reader_port)]
        pid = await stack.enter_async_context(worker(room, *taps))
        await eventually(lambda: room.raw_reports, within_s=30, what="a first report")
        yield CameraSide(room, recorder, mux, pid, cameras, reader_port, stack)


def _without_cameras(system: System) -> None:
    system.room.policies = ()


async def _simulated(stack: AsyncExitStack, count: int) -> list[WantedCamera]:
    """Simulated cameras, so many a process that none is late by its own load."""
    cameras: list[WantedCamera] = []
    for first in range(0, count, _CAMERAS_A_SIMULATOR):
        port, some = free_port(), min(_CAMERAS_A_SIMULATOR, count - first)
        plan = f"load-{first}*{some}:loop:kbps={KBPS}:fps={FPS}"
        await stack.enter_async_context(process("ingest.simulator", "--port", str(port), plan))
        # Until it listens, its cameras would be taken for broken ones.
        await eventually(partial(listens, port), within_s=60, what="the simulated cameras")
        cameras += [wanted(port, f"load-{first}-{number}") for number in range(some)]
    return cameras
