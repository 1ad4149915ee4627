"""A site of many simulated cameras behind one port, that goes away and comes back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random

from ingest.addresses import AddressRules
from ingest.fleet import Fleet
from ingest.logins import SPACING_S, LoginGate
from ingest.meters import Meters
from ingest.rtsp.opener import RtspOpener
from ingest.runs import RunNumbers
from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coding
from ingest.simulator.server import SimulatedCameras
from ingest.stream_hub import StreamHub
from shared.clock import SystemClock
from shared.messages.ingest import CameraStatus, WantedCamera
from shared.units import AccessUnit

CODING = Coding(width=128, height=96, fps=Fraction(2), gop_s=1.0, kbps=16)
"""A few bytes twice a second: what is measured is logins, not pictures."""


@dataclass
class Site:
    """The cameras of one commune at a server, each at a host of its own as far as a worker can tell."""

    server: SimulatedCameras
    commune: str
    count: int
    cameras: list[SimulatedCamera] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(self.count):
            self.cameras.append(self.server.add(CameraPlan(self._name(number), live=False, coding=CODING)))

    def wanted(self) -> list[WantedCamera]:
        return [
            WantedCamera(f"{self.commune}/c{number}/main", "c", self._url(number))
            for number in range(self.count)
        ]

    def most_logins(self, window_s: float = SPACING_S) -> int:
        """The most logins that any camera saw within `window_s`."""
        return max(camera.counts.most_attempts(window_s) for camera in self.cameras)

    def _name(self, number: int) -> str:
        return f"{self.commune}-{number}"

    def _url(self, number: int) -> str:
        # All of 127.0.0.0/8 is this machine: many hosts behind one listening port.
        host = f"127.{int(self.commune) % 200}.{number // 250}.{number % 250 + 1}"
        return f"rtsp://{host}:{self.server.port}/{self._name(number)}"


class Worker:
    """A fleet with its login gate, and when each stream's last unit came."""

    def __init__(
        self, commune: str, folder: Path, meters: Meters, gate: Callable[..., LoginGate] = LoginGate
    ) -> None:
        clock, random = SystemClock(), Random(7)
        self.first_s: dict[str, float] = {}
        self.runs: dict[str, int] = {}
        hub = StreamHub()
        hub.connect(self._take)
        opener = RtspOpener(AddressRules(allow_loopback=True), clock)
        self.fleet = Fleet(
            commune,
            opener=gate(opener, clock, random, at_once=32),
            hub=hub,
            runs=RunNumbers(folder / f"{commune}-run", clock),
            meters=meters,
            clock=clock,
            random=random,
            changed=lambda: None,
        )

    def live(self) -> int:
        return sum(report.status is CameraStatus.LIVE for report in self.fleet.reports())

    @contextmanager
    def timed(self) -> Iterator[list[float]]:
        """Seconds from now to each stream's first unit of a new run, in the order they come."""
        self.first_s.clear()
        began_s = time.monotonic()
        taken: list[float] = []
        yield taken
        taken += sorted(at_s - began_s for at_s in self.first_s.values())

    def _take(self, unit: AccessUnit) -> None:
        name = str(unit.stream)
        if self.runs.get(name) != unit.run:
            self.runs[name] = unit.run
            self.first_s[name] = time.monotonic()
