"""What every request for recordings says: which stream, which range, by which ticket."""

from typing import Annotated

from fastapi import Header, Query, Request

from shared.errors import BadInput
from shared.ids import StreamId
from shared.reasons import why
from shared.spans import Span
from shared.tickets import Action, Ticket, bearer
from storage.http.ticket_guard import TicketGuard, allowed_span
from storage.model.instants import ns_from_text

DAY_NS = 86_400_000_000_000
MAX_RANGE_NS = 62 * DAY_NS
PATH = "/recordings/{commune}/{camera}/{kind}"

From = Annotated[str | None, Query(alias="from")]
Authorization = Annotated[str | None, Header(include_in_schema=False)]


def admitted(
    guard: TicketGuard, request: Request, stream: StreamId, header: str | None, query: str | None
) -> Ticket:
    """The ticket that opens a stream's recordings. Raises TicketRefused, Unavailable."""
    return guard.admit(request, bearer(header, query), str(stream), [Action.PLAYBACK])


def asked_span(
    ticket: Ticket, start: str | None, to: str | None, default_start_ns: int, default_end_ns: int
) -> Span:
    """What of a range may be shown by a ticket. Raises BadInput, TicketRefused."""
    start_ns = default_start_ns if start is None else ns_from_text(start, "from")
    end_ns = default_end_ns if to is None else ns_from_text(to, "to")
    if end_ns <= start_ns:
        raise BadInput(why("range-reversed", "`to` is not after `from`"), "to")
    if end_ns - start_ns > MAX_RANGE_NS:
        raise BadInput(why("playback-range-long", "the range is longer than two months"), "to")
    return allowed_span(ticket, Span(start_ns, end_ns))
