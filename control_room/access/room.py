"""What the room of access offers to the others."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.gate import Gate
from control_room.access.lessor import Lessor
from control_room.access.ticketing import Ticketing
from control_room.db.engine import Database
from control_room.model.names import Names
from control_room.model.times import utc_now
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Access:
    """The parts that every use case may need, whichever room it stands in."""

    db: Database
    clock: Clock
    names: Names
    gate: Gate
    ticketing: Ticketing
    lessor: Lessor

    def now(self) -> datetime:
        """UTC."""
        return utc_now(self.clock)
