"""Makes tickets: which action, which resource, for how long."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from control_room.access.callers import Caller
from control_room.model.names import Names
from shared.clock import Clock
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketSigner

LIVE_S = 60
PLAYBACK_S = 15 * 60
DOWNLOAD_S = 15 * 60
_INTERNAL_S = 60
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and when it ends."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose ticket it is, and when the session it is given in ends at the latest; 0 for our own questions."""

    person: str
    session: str
    until_s: int = 0

    @classmethod
    def of(cls, caller: Caller) -> "_Holder":
        return cls(caller.person.id, caller.session, caller.until_s)


class Ticketing:
    """Only called once the journal has what the ticket is for."""

    def __init__(self, signer: TicketSigner, clock: Clock, names: Names) -> None:
        self._signer = signer
        self._clock = clock
        self._names = names

    def live(self, stream: str, caller: Caller) -> Issued:
        """Watch a stream now."""
        return self._issue(Action.LIVE, stream, _Holder.of(caller), LIVE_S)

    def wall(self, cameras: Sequence[str], caller: Caller) -> Issued:
        """Watch several cameras now, each as its main and its sub stream, in one connection."""
        return self._issue(Action.WALL, WALL_RESOURCE, _Holder.of(caller), LIVE_S, cameras=tuple(cameras))

    def playback(self, stream: str, caller: Caller, start: datetime, end: datetime) -> Issued:
        """Play [start, end) of a stream's recordings."""
        bounds = (math.floor(start.timestamp()), math.ceil(end.timestamp()))
        return self._issue(Action.PLAYBACK, stream, _Holder.of(caller), PLAYBACK_S, bounds)

    def download(self, export_id: str, caller: Caller) -> Issued:
        """Fetch a finished export."""
        return self._issue(Action.DOWNLOAD, f"export:{export_id}", _Holder.of(caller), DOWNLOAD_S)

    def internal(self, action: Action, resource: str, person: str, session: str) -> str:
        """Ask another service on a person's behalf."""
        return self._issue(action, resource, _Holder(person, session), _INTERNAL_S).token

    def _issue(
        self,
        action: Action,
        resource: str,
        holder: _Holder,
        life_s: int,
        bounds: tuple[int, int] | tuple[None, None] = (None, None),
        cameras: tuple[str, ...] = (),
    ) -> Issued:
        now_ns = self._clock.utc_ns()
        until_s = now_ns // _SECOND_NS + life_s
        ticket = Ticket(
            self._names.new("t"),
            holder.person,
            holder.session,
            action,
            resource,
            until_s,
            bounds[0],
            bounds[1],
            cameras,
            issued_ms=now_ns // 1_000_000,
            right_until_s=holder.until_s,
        )
        return Issued(self._signer.sign(ticket), datetime.fromtimestamp(until_s, UTC))
