"""Everything a route may call, built once by the composition root."""

from dataclasses import dataclass
from datetime import date, datetime

from control_room.access.gate import Gate
from control_room.access.lessor import Lessor
from control_room.access.ticketing import Ticketing
from control_room.counters import Counters
from control_room.db.engine import Database
from control_room.evidence.orders import Orders
from control_room.evidence.storage_client import StorageClient
from control_room.identity.devices import Devices
from control_room.identity.passwords import Passwords
from control_room.identity.sessions import Sessions
from control_room.identity.throttle import Throttle
from control_room.live.ice import IceServers
from control_room.live.mux_client import MuxClient
from control_room.live.muxes import Muxes
from control_room.model.names import Names
from control_room.model.times import utc_now
from control_room.territory.addresses import AddressPolicy
from control_room.territory.states import States
from control_room.territory.vault import Vault
from control_room.territory.wanted import Wanted
from shared.clock import Clock
from shared.log import Logger


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of the control room. `secure_cookie` is off in the demo only, which has no HTTPS.

    `storage_url` is where browsers find storage, without a slash at the end.
    """

    db: Database
    gate: Gate
    counters: Counters
    clock: Clock
    names: Names
    vault: Vault
    passwords: Passwords
    sessions: Sessions
    throttle: Throttle
    devices: Devices
    ticketing: Ticketing
    states: States
    wanted: Wanted
    orders: Orders
    lessor: Lessor
    storage: StorageClient
    addresses: AddressPolicy
    muxes: Muxes
    mux_client: MuxClient
    ice: IceServers
    storage_url: str
    recorder_token_hash: str
    secure_cookie: bool
    log: Logger

    def now(self) -> datetime:
        """UTC."""
        return utc_now(self.clock)

    def today(self) -> date:
        """The day, UTC."""
        return self.now().date()
