"""Lets a request in that shows a ticket for this very thing."""

from collections.abc import Sequence

from shared.errors import TicketRefused
from shared.tickets import Action, Ticket, TicketVerifier
from storage.ranges import Span
from storage.revocations import Revocations

_S = 1_000_000_000


class Gate:
    """Every request for footage or an export passes here."""

    def __init__(self, verifier: TicketVerifier, revocations: Revocations) -> None:
        self._verifier = verifier
        self._revocations = revocations

    def admit(self, token: str, resource: str, actions: Sequence[Action]) -> Ticket:
        """The ticket of a token that allows one of `actions`. Raises TicketRefused."""
        refusal: TicketRefused | None = None
        for action in actions:
            try:
                ticket = self._verifier.verify(token, action, resource)
            except TicketRefused as error:
                refusal = refusal or error
                continue
            self._revocations.admit(ticket)
            return ticket
        raise refusal or TicketRefused("the ticket allows nothing here")

    def holds(self, ticket: Ticket) -> bool:
        """Whether a ticket that was let in still may stay."""
        return self._revocations.holds(ticket)


def allowed_span(ticket: Ticket, asked: Span) -> Span:
    """The part of a range that a ticket allows. Raises TicketRefused where it allows nothing of it."""
    start_ns = asked.start_ns if ticket.start_s is None else max(asked.start_ns, ticket.start_s * _S)
    end_ns = asked.end_ns if ticket.end_s is None else min(asked.end_ns, ticket.end_s * _S)
    if start_ns >= end_ns:
        raise TicketRefused("the ticket is for another time range")
    return Span(start_ns, end_ns)
