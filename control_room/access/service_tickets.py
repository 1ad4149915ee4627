"""Tickets with which this service asks another one on a person's behalf, and with which a worker brings
footage. None of them shows an image."""

from control_room.model.names import Names
from control_room.model.people import Principal
from shared.clock import Clock
from shared.tickets import SHOWING, Action, Ticket, TicketSigner, edge_resource

LIFE_S = 60
_SECOND_NS = 1_000_000_000


class ServiceTickets:
    """Made anew for each question, also of orders that are asked again long after they were given."""

    def __init__(self, signer: TicketSigner, clock: Clock, names: Names) -> None:
        self._signer = signer
        self._clock = clock
        self._names = names

    def token(self, action: Action, resource: str, principal: Principal) -> str:
        """A signed ticket. Raises ValueError for an action that shows images: that takes a grant."""
        if action in SHOWING:
            raise ValueError(f"{action} takes a grant")
        return self._signed(action, resource, principal)

    def edge(self, worker: str, commune: str) -> str:
        """A signed ticket to bring the footage of a commune, for the worker whose credential it showed."""
        return self._signed(Action.EDGE, edge_resource(commune), Principal(worker, ""))

    def _signed(self, action: Action, resource: str, principal: Principal) -> str:
        now_ns = self._clock.utc_ns()
        ticket = Ticket(
            self._names.new("t"),
            principal.person,
            principal.session,
            action,
            resource,
            now_ns // _SECOND_NS + LIFE_S,
            issued_ms=now_ns // 1_000_000,
        )
        return self._signer.sign(ticket)
