"""What storage talks to, in the test's hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.errors import Unavailable
from shared.ids import StreamId
from shared.messages import HeldReport, HoldOrder, KnownHolds
from shared.tap.reassembly import Gap
from shared.units import AccessUnit


@dataclass
class HandTap:
    """A tap that gives what the test puts in."""

    sinks: dict[StreamId, Callable[[AccessUnit | Gap], None]] = field(default_factory=dict)

    def subscribe(self, stream: StreamId, sink: Callable[[AccessUnit | Gap], None]) -> "HandSubscription":
        self.sinks[stream] = sink
        return HandSubscription(self, stream)


@dataclass
class HandSubscription:
    tap: HandTap
    stream: StreamId

    def close(self) -> None:
        del self.tap.sinks[self.stream]


@dataclass
class HandControl:
    """A control_room that knows the holds the test gives it."""

    active: dict[str, HoldOrder] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    away: bool = False
    utc_ns: int | None = None
    told: HeldReport = field(default_factory=lambda: HeldReport(()))

    async def __call__(self, report: HeldReport) -> KnownHolds:
        if self.away:
            raise Unavailable("control_room is away")
        self.told = report
        ended = tuple(id for id in report.ids if id in self.released)
        return KnownHolds(tuple(self.active.values()), ended)
