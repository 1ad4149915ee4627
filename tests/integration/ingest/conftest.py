"""Simulated cameras, and a fleet that really pulls them."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener
from ingest.fleet import Fleet
from ingest.meters import Meters
from ingest.openers import ChosenOpener
from ingest.rtsp.opener import RtspOpener
from ingest.runs import RunNumbers
from ingest.simulator.server import SimulatedCameras
from ingest.stream_hub import StreamHub
from shared.clock import SystemClock
from shared.messages.ingest import CameraOpener, CameraReport, CameraStatus, WantedCamera
from shared.units import AccessUnit
from tests.support.ingest_core import chosen_core, chosen_pace

COMMUNE = "59350"


class Pulling:
    """A fleet on real sockets, and what came out of it."""

    def __init__(self, folder: Path) -> None:
        clock, rules = SystemClock(), AddressRules(allow_loopback=True)
        self.units: list[AccessUnit] = []
        self.seen: list[tuple[str, CameraStatus]] = []
        hub = StreamHub()
        hub.connect(self.units.append)
        self.fleet = Fleet(
            COMMUNE,
            opener=ChosenOpener(
                {
                    CameraOpener.OWN: RtspOpener(rules, clock, core=chosen_core()),
                    CameraOpener.AV: AvOpener(rules, clock),
                }
            ),
            hub=hub,
            runs=RunNumbers(folder / "last-run", clock),
            meters=Meters(),
            clock=clock,
            random=Random(1),
            changed=self._changed,
            pace=lambda _: chosen_pace(),
        )

    def pull(self, *cameras: WantedCamera) -> None:
        self.fleet.apply(cameras)

    def report(self, camera: str = "camera") -> CameraReport:
        stream = f"{COMMUNE}/{camera}/main"
        return next(report for report in self.fleet.reports() if report.stream == stream)

    def statuses(self, camera: str = "camera") -> list[CameraStatus]:
        """All states the camera has been in, in order."""
        return [status for name, status in self.seen if name == f"{COMMUNE}/{camera}/main"]

    def _changed(self) -> None:
        last = dict(self.seen)
        for report in self.fleet.reports():
            if last.get(report.stream) is not report.status:
                self.seen.append((report.stream, report.status))


def wanted(url: str, camera: str = "camera", username: str = "", password: str = "") -> WantedCamera:
    return WantedCamera(f"{COMMUNE}/{camera}/main", camera, url, username, password)


@pytest.fixture
async def cameras() -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras() as server:
        yield server


@pytest.fixture
async def pulling(tmp_path: Path) -> AsyncIterator[Pulling]:
    pulling = Pulling(tmp_path)
    yield pulling
    await pulling.fleet.close()
