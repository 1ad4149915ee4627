"""Rights that ended: what is served for a revoked session or stream stops within a picture or two."""

import json
from collections import OrderedDict

from shared.bus import REVOKED, Bus
from shared.clock import Clock
from shared.errors import TicketRefused
from shared.tickets import Ticket

_KEPT = 10_000
_KEPT_NS = 24 * 3600 * 1_000_000_000


class Revocations:
    """Remembers revoked sessions for a day, and which tickets were shown for a stream when it was revoked.

    Without Redis nothing new is learnt and nothing else changes: tickets still expire by themselves.
    """

    def __init__(self, bus: Bus | None, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._sessions: OrderedDict[str, int] = OrderedDict()
        self._seen: OrderedDict[str, str] = OrderedDict()
        self._tickets: OrderedDict[str, int] = OrderedDict()

    def admit(self, ticket: Ticket) -> None:
        """Take note that a ticket is used. Raises TicketRefused where its right has ended."""
        if not self.holds(ticket):
            raise TicketRefused("the right that this ticket stands for has ended")
        self._seen[ticket.id] = ticket.resource
        self._seen.move_to_end(ticket.id)
        while len(self._seen) > _KEPT:
            self._seen.popitem(last=False)

    def holds(self, ticket: Ticket) -> bool:
        """Whether nobody has revoked what a ticket stands for."""
        return ticket.session not in self._sessions and ticket.id not in self._tickets

    def revoke_session(self, session: str) -> None:
        """Nothing more for this session."""
        self._remember(self._sessions, session)

    def revoke_stream(self, resource: str) -> None:
        """Nothing more for the tickets shown so far for this stream."""
        for id in [id for id, seen in self._seen.items() if seen == resource]:
            self._remember(self._tickets, id)

    async def run(self) -> None:
        """Listen on the bus, for ever. Raises BusUnavailable: whoever runs this tries again."""
        if self._bus is None:
            await self._clock.sleep(3600)
            return
        async with self._bus.listen(REVOKED) as messages:
            async for body in messages:
                self.take(body)

    def take(self, body: bytes) -> None:
        """One message of the bus; anything that is not ours is passed over."""
        try:
            message = json.loads(body)
        except ValueError:
            return
        if isinstance(message, dict):
            if isinstance(message.get("session"), str):
                self.revoke_session(message["session"])
            if isinstance(message.get("stream"), str):
                self.revoke_stream(message["stream"])

    def _remember(self, revoked: OrderedDict[str, int], name: str) -> None:
        now_ns = self._clock.monotonic_ns()
        revoked[name] = now_ns
        revoked.move_to_end(name)
        while revoked and (len(revoked) > _KEPT or now_ns - next(iter(revoked.values())) > _KEPT_NS):
            revoked.popitem(last=False)
