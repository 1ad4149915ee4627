"""What the use cases of live pictures need."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.live.ice import IceServers
from control_room.live.mux_client import MuxClient
from control_room.live.muxes import Muxes


@dataclass(frozen=True, slots=True)
class Live:
    """The parts of the room."""

    access: Access
    muxes: Muxes
    mux_client: MuxClient
    ice: IceServers
