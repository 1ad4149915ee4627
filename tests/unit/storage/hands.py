"""What storage talks to, in the test's hand."""

from dataclasses import dataclass, field

from shared.errors import Unavailable
from shared.messages.storage import HeldReport, HoldOrder, KnownHolds


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
