"""What the use cases of people and sessions need."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.identity.devices import Devices
from control_room.identity.passwords import Passwords
from control_room.identity.sessions import Sessions
from control_room.identity.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Identity:
    """`recorder_token_hash` is of the credential by which storage is known."""

    access: Access
    passwords: Passwords
    sessions: Sessions
    throttle: Throttle
    devices: Devices
    recorder_token_hash: str
