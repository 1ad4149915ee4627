"""Lets a request in that shows a ticket for this very thing, and says how long it may stay."""

from collections.abc import Sequence
from functools import partial

from fastapi import Request

from shared.errors import TicketRefused
from shared.leases import Leases
from shared.reasons import why
from shared.spans import Span
from shared.tickets import SHOWING, Action, Ticket, TicketVerifier
from storage.http.guarded import last_while

_S = 1_000_000_000


class TicketGuard:
    """Every request for footage or an export passes here."""

    def __init__(self, verifier: TicketVerifier, leases: Leases) -> None:
        self._verifier = verifier
        self._leases = leases

    def admit(self, request: Request, token: str, resource: str, actions: Sequence[Action]) -> Ticket:
        """The ticket of a token that allows one of `actions`; what is answered lasts as long as its right.

        Raises TicketRefused, and Unavailable while nobody confirms rights to images.
        """
        refusal: TicketRefused | None = None
        for action in actions:
            try:
                ticket = self._verifier.verify(token, action, resource)
            except TicketRefused as error:
                refusal = refusal or error
                continue
            if action in SHOWING:
                self._leases.admit(ticket)
                last_while(request.scope, partial(self._lasts, ticket))
            return ticket
        raise refusal or TicketRefused(why("ticket-useless", "the ticket allows nothing here"))

    def _lasts(self, ticket: Ticket) -> bool:
        return self._leases.ended(ticket) is None


def allowed_span(ticket: Ticket, asked: Span) -> Span:
    """The part of a range that a ticket allows. Raises TicketRefused where it allows nothing of it."""
    start_ns = asked.start_ns if ticket.start_s is None else max(asked.start_ns, ticket.start_s * _S)
    end_ns = asked.end_ns if ticket.end_s is None else min(asked.end_ns, ticket.end_s * _S)
    if start_ns >= end_ns:
        raise TicketRefused(why("ticket-other-range", "the ticket is for another time range"))
    return Span(start_ns, end_ns)
