"""A ticket opens what it is for, for the time it is for, while its right lasts."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from shared.clock import SimulatedClock
from shared.errors import TicketRefused, Unavailable
from shared.leases import Leases
from shared.spans import Span
from shared.tickets import Action, Ticket, TicketSigner, TicketVerifier
from storage.http.guarded import Guarded
from storage.http.ticket_guard import TicketGuard, allowed_span
from tests.support.lessor import Lessor
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import pem_pair

S = 1_000_000_000


def ticket(start_s: int | None, end_s: int | None) -> Ticket:
    return Ticket("t-1", "p-1", "s-1", Action.PLAYBACK, str(STREAM), 0, start_s, end_s)


@pytest.mark.parametrize(
    ("start_s", "end_s", "allowed"),
    [(None, None, Span(10 * S, 20 * S)), (15, None, Span(15 * S, 20 * S)), (0, 12, Span(10 * S, 12 * S))],
)
def test_what_is_allowed_is_what_ticket_and_question_share(
    start_s: int | None, end_s: int | None, allowed: Span
) -> None:
    assert allowed_span(ticket(start_s, end_s), Span(10 * S, 20 * S)) == allowed


@pytest.mark.parametrize(("start_s", "end_s"), [(20, 30), (0, 10)])
def test_a_ticket_that_only_touches_the_range_allows_nothing_of_it(start_s: int, end_s: int) -> None:
    with pytest.raises(TicketRefused):
        allowed_span(ticket(start_s, end_s), Span(10 * S, 20 * S))


class Entrance:
    """A guard, and who signs the tickets and leases it is shown."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START_NS)
        private, public = pem_pair()
        self.lessor = Lessor(TicketSigner.from_pem(private), self.clock.utc_ns)
        verifier = TicketVerifier.from_pem(public, self.clock)
        self.leases = Leases(verifier.key, self.clock)
        self.guard = TicketGuard(verifier, self.leases)

    def token(self, action: Action, resource: str) -> str:
        until_s = self.clock.utc_ns() // S + 60
        token = self.lessor.sign(Ticket("t-1", "p-1", "s-1", action, resource, until_s))
        self.leases.take(self.lessor.lease())
        return token

    async def admit(self, token: str, resource: str, actions: Sequence[Action]) -> Ticket:
        """As behind `Guarded`, without which nothing with images is admitted."""
        admitted: list[Ticket] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            admitted.append(self.guard.admit(Request(scope), token, resource, actions))
            await Response()(scope, receive, send)

        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Guarded(app, lambda: None)), base_url="http://storage"
        ) as client:
            await client.get("/")
        return admitted[0]


async def test_a_ticket_is_admitted_for_one_of_its_actions_and_for_no_other() -> None:
    door = Entrance()
    token = door.token(Action.STATUS, "export:x-1")
    admitted = await door.admit(token, "export:x-1", [Action.EXPORT, Action.STATUS])
    assert admitted.action is Action.STATUS
    for resource, actions in (("export:x-2", [Action.STATUS]), ("export:x-1", [Action.EXPORT]), ("", [])):
        with pytest.raises(TicketRefused):
            await door.admit(token, resource, actions)


async def test_images_are_admitted_only_while_rights_are_confirmed() -> None:
    door = Entrance()
    token = door.token(Action.PLAYBACK, str(STREAM))
    await door.admit(token, str(STREAM), [Action.PLAYBACK])
    await door.clock.advance(30)
    with pytest.raises(Unavailable):
        await door.admit(token, str(STREAM), [Action.PLAYBACK])
