"""What the use cases of the journal need."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.journal.check_process import CheckJournal


@dataclass(frozen=True, slots=True)
class JournalRoom:
    """The parts of the room. `public_key` (PEM) is that of the key that signs the journal's heads."""

    access: Access
    check: CheckJournal
    public_key: str
