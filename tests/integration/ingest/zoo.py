"""One strange camera and a fleet that pulls it, with our own client or with FFmpeg's."""

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener
from ingest.fleet import Fleet
from ingest.meters import Meters
from ingest.openers import ChosenOpener
from ingest.ports import Pace
from ingest.rtsp.opener import RtspOpener
from ingest.runs import RunNumbers
from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coding
from ingest.simulator.faults import Fault
from ingest.simulator.feeds import Loop
from ingest.simulator.server import SimulatedCameras
from ingest.stream_hub import StreamHub
from shared.clock import Clock, SystemClock
from shared.codecs.h264 import Nal, nal_type, nal_units
from shared.messages.ingest import CameraOpener, CameraReport, CameraTransport, WantedCamera
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.ingest_core import chosen_core, chosen_pace

CODING = Coding(width=320, height=240, fps=Fraction(25), gop_s=0.4, kbps=600)
STREAM = "59350/camera/main"
STEP90 = 3600


class HurriedClock:
    """The machine's clock, `factor` times as fast: what is due by time comes sooner."""

    def __init__(self, factor: float) -> None:
        self._clock, self._factor = SystemClock(), factor

    def monotonic_ns(self) -> int:
        return int(self._clock.monotonic_ns() * self._factor)

    def utc_ns(self) -> int:
        return self._clock.utc_ns()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds / self._factor)


class Zoo:
    """The camera, and what the fleet makes of it."""

    def __init__(self, folder: Path, server: SimulatedCameras, clock: Clock) -> None:
        self.server = server
        self.units: list[AccessUnit] = []
        self.hub = StreamHub()
        self.hub.connect(self.units.append)
        rules = AddressRules(allow_loopback=True)
        self.fleet = Fleet(
            "59350",
            opener=ChosenOpener(
                {
                    CameraOpener.OWN: RtspOpener(rules, clock, core=chosen_core()),
                    CameraOpener.AV: AvOpener(rules, clock),
                }
            ),
            hub=self.hub,
            runs=RunNumbers(folder / "last-run", clock),
            meters=Meters(),
            clock=clock,
            random=Random(1),
            changed=lambda: None,
            # Turns are of the kernel's time, which nothing makes run faster.
            pace=lambda _: chosen_pace() if isinstance(clock, SystemClock) else Pace.AT_ONCE,
        )

    def add(self, plan: CameraPlan) -> SimulatedCamera:
        return self.server.add(plan)

    def pull(
        self,
        transport: CameraTransport = CameraTransport.TCP,
        password: str = "",
        opener: CameraOpener = CameraOpener.OWN,
    ) -> None:
        username = "viewer" if password else ""
        url = self.server.url("camera")
        self.fleet.apply(
            [WantedCamera(STREAM, "c", url, username, password, opener=opener, transport=transport)]
        )

    @property
    def report(self) -> CameraReport:
        return self.fleet.reports()[0]

    async def units_come(self, count: int = 12, within_s: float = 10.0) -> None:
        await eventually(
            lambda: len(self.units) >= count,
            within_s=within_s,
            what=f"{count} units ({len(self.units)} came, {self.report})",
        )

    async def media_passes(self, seconds: float) -> None:
        """Wait until the units span `seconds` of media time."""
        await self.units_come(round(seconds * float(CODING.fps)), within_s=seconds + 10)

    def runs(self) -> list[list[AccessUnit]]:
        """The units, run by run."""
        numbers = sorted({unit.run for unit in self.units})
        return [[unit for unit in self.units if unit.run == number] for number in numbers]


@asynccontextmanager
async def zoo(folder: Path, hurry: float = 1.0) -> AsyncIterator[Zoo]:
    """A zoo without animals; `hurry` makes the fleet's clock run that much faster."""
    async with SimulatedCameras() as server:
        made = Zoo(folder, server, SystemClock() if hurry == 1.0 else HurriedClock(hurry))
        try:
            yield made
        finally:
            await made.fleet.close()


def plan(fault: Fault, *, after_s: float = 0.3, **more: object) -> CameraPlan:
    """A camera of a small loop with this fault."""
    return CameraPlan("camera", live=False, coding=CODING, fault=fault, after_s=after_s, **more)  # type: ignore[arg-type]  # the plan's own fields


def slices(data: bytes) -> tuple[bytes, ...]:
    """The coded slices of a picture, without what is added or left out around them."""
    return tuple(bytes(nal) for nal in nal_units(data) if nal_type(nal) in (Nal.SLICE, Nal.IDR))


@functools.cache
def pictures() -> frozenset[tuple[bytes, ...]]:
    """The slices of every picture that the loop has."""
    return frozenset(_slices_of(picture.payloads) for picture in Loop(CODING).pictures)


def _slices_of(payloads: list[bytes]) -> tuple[bytes, ...]:
    nals: list[bytes] = []
    for payload in payloads:
        if payload[0] & 0x1F != 28:
            nals.append(payload)
        elif payload[1] & 0x80:
            nals.append(bytes((payload[0] & 0xE0 | payload[1] & 0x1F,)) + payload[2:])
        else:
            nals[-1] += payload[2:]
    return tuple(nal for nal in nals if nal[0] & 0x1F in (Nal.SLICE, Nal.IDR))


def assert_whole(units: list[AccessUnit]) -> None:
    """Each unit is one of the camera's pictures, the first one a key picture, numbered without a gap."""
    assert units[0].key
    assert [unit.seq for unit in units] == list(range(len(units)))
    assert all(slices(unit.data) in pictures() for unit in units)


def assert_steady(units: list[AccessUnit]) -> None:
    """Whole, and no picture is missing."""
    assert_whole(units)
    assert {after.pts90 - before.pts90 for before, after in pairwise(units)} == {STEP90}
