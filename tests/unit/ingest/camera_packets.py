"""Packets of a camera, and a streamer on a fake opener, for unit tests."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from ingest.fake_opener import FakeOpener, FakeSource
from ingest.meters import Meters
from ingest.ports import CameraAddress, Pace, Packet, StreamInfo
from ingest.rounds import Rounds
from ingest.runs import RunNumbers
from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.scene import Scene
from ingest.state import CameraState
from ingest.streamer import Streamer
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.units import AccessUnit, UnitBatch

STREAM = StreamId("59350", "gate")
ADDRESS = CameraAddress("rtsp://192.0.2.7/gate", "viewer", "hunter2")
STEP90 = 7200
GOP = 5


@functools.cache
def coded(b_frames: int = 0) -> tuple[tuple[bool, bytes], ...]:
    """Three groups of GOP pictures."""
    coding = Coding(width=320, height=240, gop_s=GOP / 12.5, kbps=200, b_frames=b_frames)
    encoder, scene = Encoder(coding), Scene("gate", 320, 240)
    pictures = [
        picture for n in range(3 * GOP) for picture in encoder.encode(scene.picture(n, n / 12.5, None))
    ]
    return tuple((picture.key, picture.data) for picture in [*pictures, *encoder.finish()])


def packets(
    first: int = 0, last: int = 3 * GOP, *, start90: int = 0, arrival_ns: int = 10**18
) -> list[Packet]:
    """The camera's packets `first` to `last`, a picture each STEP90 from `start90` at picture 0."""
    return [
        Packet(data, start90 + number * STEP90, key, arrival_ns + number)
        for number, (key, data) in list(enumerate(coded()))[first:last]
    ]


@functools.cache
def costly(coding: Coding) -> tuple[Packet, ...]:
    """Packets of two groups of pictures coded so, in the order they are decoded in."""
    coding = replace(coding, width=320, height=240, gop_s=GOP / 12.5, kbps=200)
    encoder, scene = Encoder(coding), Scene("gate", 320, 240)
    coded = [one for n in range(2 * GOP) for one in encoder.encode(scene.picture(n, n / 12.5, None))]
    return tuple(
        Packet(one.data, one.shown * STEP90, one.key, 10**18 + number)
        for number, one in enumerate([*coded, *encoder.finish()])
    )


def source(codec: str = "h264", parameter_sets: bytes = b"") -> FakeSource:
    return FakeSource(StreamInfo(codec, 320, 240, 12.5, parameter_sets))


class Bench:
    """A streamer with everything around it made of fakes."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock()
        self.opener = FakeOpener()
        self.units: list[AccessUnit] = []
        self.changes: list[str] = []
        self.batches = 0
        self.pace = Pace.AT_ONCE
        self.state = CameraState(STREAM, self.clock, self._note)
        self.meters = Meters().of(STREAM)
        self.streamer = Streamer(
            STREAM,
            ADDRESS,
            opener=self.opener,
            runs=RunNumbers(folder / "last-run", self.clock),
            sink=self,
            state=self.state,
            meters=self.meters,
            clock=self.clock,
            random=Random(1),
            rounds=Rounds(self.clock),
            pace=lambda: self.pace,
        )

    def take(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def take_batch(self, batch: UnitBatch) -> None:
        self.batches += 1
        self.units += batch.units()

    def _note(self) -> None:
        self.changes.append(self.state.report.status.value)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.streamer.run())
    await bench.clock.advance(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
