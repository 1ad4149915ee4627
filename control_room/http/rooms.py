"""What routes may call: the rooms, put together once by the composition root."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.evidence.room import Evidence
from control_room.identity.room import Identity
from control_room.journal.room import JournalRoom
from control_room.live.room import Live
from control_room.territory.room import Territory


@dataclass(frozen=True, slots=True)
class Rooms:
    """`secure_cookie` is off in the demo only, which has no HTTPS."""

    access: Access
    identity: Identity
    territory: Territory
    live: Live
    evidence: Evidence
    journal: JournalRoom
    secure_cookie: bool
