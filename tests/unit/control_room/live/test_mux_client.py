"""Asking muxes: late, older and broken ones are told apart. `tests/contract` asks a real one."""

from random import Random

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_room.access.service_tickets import ServiceTickets
from control_room.live.mux_client import MuxClient, MuxLate, MuxUntold
from control_room.model.names import Names
from shared.clock import SimulatedClock
from shared.errors import Unavailable
from shared.messages.live import MuxLoad
from shared.tickets import TicketSigner

TICKETS = ServiceTickets(TicketSigner(Ed25519PrivateKey.generate()), SimulatedClock(), Names(Random(7)))


def answering(answer: httpx.Response | httpx.HTTPError) -> MuxClient:
    def answered(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    return MuxClient(TICKETS, httpx.MockTransport(answered))


async def test_a_mux_tells_its_load() -> None:
    client = answering(httpx.Response(200, json={"viewers": 3, "most_viewers": 500, "tiles": 7}))
    assert await client.load("http://mux.test") == MuxLoad(3, 500, tiles=7)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ReadTimeout("no answer"), MuxLate),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.Response(404), MuxUntold),
        (httpx.Response(500), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(200, json={"viewers": -1, "most_viewers": 500}), Unavailable),
        (httpx.Response(200, json={"viewers": 0, "most_viewers": 0}), Unavailable),
    ],
)
async def test_what_is_no_load_says_what_it_is(
    answer: httpx.Response | httpx.HTTPError, kind: type[Unavailable]
) -> None:
    with pytest.raises(Unavailable) as caught:
        await answering(answer).load("http://mux.test")
    assert type(caught.value) is kind
