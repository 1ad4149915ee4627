"""Makes people's tickets, each from a grant: which right, which resource, for how long."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from control_room.access.gate import Grant
from control_room.access.rights import Right
from control_room.model.names import Names
from shared import metrics
from shared.clock import Clock
from shared.ids import StreamId, StreamKind
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketSigner

LIVE_S = 60
PLAYBACK_S = 15 * 60
DOWNLOAD_S = 15 * 60
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, what it opens, and when it ends."""

    token: str
    resource: str
    until: datetime


class Ticketing:
    """A ticket opens what the journal has of its grant, and nothing else.

    Every call raises ValueError for the grant of another right.
    """

    def __init__(self, signer: TicketSigner, clock: Clock, names: Names) -> None:
        self._signer = signer
        self._clock = clock
        self._names = names
        self._given = metrics.counter("control_room_tickets_total", "Tickets given to people", ["action"])

    def live(self, grant: Grant) -> Issued:
        """Watch the camera now."""
        return self._issue(grant, Right.LIVE, Action.LIVE, _stream(grant), LIVE_S)

    def wall(self, grant: Grant) -> Issued:
        """Watch all cameras of the grant now, each as its main and its sub stream, in one connection."""
        cameras = tuple(f"{event.commune}/{event.camera}" for event in grant.events)
        return self._issue(grant, Right.LIVE, Action.WALL, WALL_RESOURCE, LIVE_S, cameras=cameras)

    def playback(self, grant: Grant, start: datetime, end: datetime) -> Issued:
        """Play [start, end) of the camera's recordings."""
        bounds = (math.floor(start.timestamp()), math.ceil(end.timestamp()))
        return self._issue(grant, Right.PLAYBACK, Action.PLAYBACK, _stream(grant), PLAYBACK_S, bounds)

    def download(self, grant: Grant) -> Issued:
        """Fetch the finished export, whose every camera the grant has as an event."""
        (resource,) = {event.resource for event in grant.events}
        return self._issue(grant, Right.DOWNLOAD, Action.DOWNLOAD, resource, DOWNLOAD_S)

    def _issue(
        self,
        grant: Grant,
        right: Right,
        action: Action,
        resource: str,
        life_s: int,
        bounds: tuple[int, int] | tuple[None, None] = (None, None),
        cameras: tuple[str, ...] = (),
    ) -> Issued:
        if grant.right is not right:
            raise ValueError(f"a grant of {grant.right} opens no {action}")
        now_ns = self._clock.utc_ns()
        until_s = now_ns // _SECOND_NS + life_s
        ticket = Ticket(
            self._names.new("t"),
            grant.caller.person.id,
            grant.caller.session,
            action,
            resource,
            until_s,
            bounds[0],
            bounds[1],
            cameras,
            issued_ms=now_ns // 1_000_000,
            right_until_s=grant.caller.until_s,
        )
        self._given.labels(action).inc()
        return Issued(self._signer.sign(ticket), resource, datetime.fromtimestamp(until_s, UTC))


def _stream(grant: Grant) -> str:
    (event,) = grant.events
    return str(StreamId(event.commune, event.camera, StreamKind.MAIN))
