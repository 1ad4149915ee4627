"""Asking storage: what it refuses, and what it does not say. `tests/contract` asks a real one."""

from random import Random

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_room.access.service_tickets import ServiceTickets
from control_room.evidence.storage_client import StorageClient
from control_room.model.names import Names
from control_room.model.people import Principal
from shared.clock import SimulatedClock
from shared.errors import BadInput, BeffroiError, Conflict, NotFound, Unavailable
from shared.tickets import TicketSigner

TICKETS = ServiceTickets(TicketSigner(Ed25519PrivateKey.generate()), SimulatedClock(), Names(Random(7)))
WHO = Principal("p-1", "s-1")


def answering(response: httpx.Response) -> StorageClient:
    return StorageClient("http://storage.test", TICKETS, httpx.MockTransport(lambda _request: response))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadInput),
        (413, BadInput),
        (404, NotFound),
        (409, Conflict),
        (403, Unavailable),
        (500, Unavailable),
    ],
)
async def test_each_refusal_is_its_error(status: int, kind: type[BeffroiError]) -> None:
    with pytest.raises(kind):
        await answering(httpx.Response(status)).export_progress("x-1", WHO)


async def test_a_refusal_keeps_its_code_and_loses_credentials() -> None:
    said = {"detail": "rtsp://viewer:Zq81-secret@10.1.4.20/x", "why": {"code": "no-export", "params": {}}}
    with pytest.raises(NotFound) as caught:
        await answering(httpx.Response(404, json=said)).export_progress("x-1", WHO)
    assert caught.value.why is not None
    assert caught.value.why.code == "no-export"
    assert "Zq81" not in caught.value.detail


async def test_a_hold_that_storage_does_not_know_is_released_already() -> None:
    await answering(httpx.Response(404)).release_hold("h-1", WHO)
