"""What the use cases of communes, workers and cameras need."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.territory.addresses import AddressPolicy
from control_room.territory.states import States
from control_room.territory.vault import Vault
from control_room.territory.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Territory:
    """The parts of the room."""

    access: Access
    addresses: AddressPolicy
    vault: Vault
    states: States
    wanted: Wanted
