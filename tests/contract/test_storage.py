"""What control_room may rest on when it asks storage, held by storage and by the fake of the unit tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from control_room.access.service_tickets import ServiceTickets
from control_room.evidence.storage_client import StorageClient
from control_room.model.names import Names
from control_room.model.people import Principal
from shared.clock import Clock, SimulatedClock
from shared.errors import Conflict, NotFound
from shared.messages.codec import encode
from shared.messages.desk import HandOver, SurveyOrder
from shared.messages.storage import (
    ClockConfirmed,
    ExportedCamera,
    ExportOrder,
    ExportStatus,
    HoldOrder,
    HoldPlaced,
)
from shared.tickets import Action, TicketSigner, TicketVerifier
from tests.support.pictures import START_NS, STREAM
from tests.unit.control_room.room import FakeStorage
from tests.unit.storage.workshop import workshop

END = datetime.fromtimestamp(START_NS / 1e9, UTC)
SPAN = (END - timedelta(minutes=10), END)
CAMERA = ExportedCamera(str(STREAM), "Grand-Place", "Vieille Bourse", "2026-0417")
ORDER = ExportOrder("e-1", "PV 12", "OPJ", "p-1", (CAMERA,), *SPAN)
HOLD = HoldOrder("h-1", str(STREAM), *SPAN, "PV 12")
WHO = Principal("p-1", "s-1")


@dataclass
class Asked:
    """Storage, as control_room's client and as anybody with a ticket may ask it."""

    client: StorageClient
    tickets: ServiceTickets
    clock: Clock
    transport: httpx.AsyncBaseTransport

    async def put(self, path: str, body: object, action: Action, resource: str) -> int:
        """The status of the answer to a PUT with a ticket for this."""
        token = self.tickets.token(action, resource, WHO)
        async with httpx.AsyncClient(transport=self.transport, base_url="http://storage.test") as client:
            headers = {"authorization": f"Bearer {token}"}
            return (await client.put(path, content=encode(body), headers=headers)).status_code


@pytest.fixture(params=["fake", "real"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Asked]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            key, clock = Ed25519PrivateKey.generate(), SimulatedClock(START_NS)
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            signer = TicketSigner(key)
            fake = FakeStorage(TicketVerifier.from_pem(public, clock))
            transport: httpx.AsyncBaseTransport = httpx.MockTransport(fake)
        else:
            shop = await stack.enter_async_context(workshop(tmp_path))
            signer, clock = shop.tickets, shop.clock
            transport = httpx.ASGITransport(shop.app)
        tickets = ServiceTickets(signer, clock, Names(Random(7)))
        client = StorageClient("http://storage.test", tickets, transport)
        stack.push_async_callback(client.close)
        yield Asked(client, tickets, clock, transport)


async def test_an_order_is_taken_once_however_often_it_comes(storage: Asked) -> None:
    first = await storage.client.order_export(ORDER, WHO)
    assert first.id == ORDER.id
    assert first.status in (ExportStatus.QUEUED, ExportStatus.RUNNING)
    assert await storage.client.order_export(ORDER, WHO) == first
    assert await storage.client.export_progress(ORDER.id, WHO) == first


async def test_another_order_of_the_same_id_is_a_conflict(storage: Asked) -> None:
    await storage.client.order_export(ORDER, WHO)
    with pytest.raises(Conflict):
        await storage.client.order_export(replace(ORDER, reference="PV 13"), WHO)


async def test_an_export_that_nobody_ordered_is_not_found(storage: Asked) -> None:
    with pytest.raises(NotFound):
        await storage.client.export_progress("e-none", WHO)


async def test_an_order_under_another_address_is_refused(storage: Asked) -> None:
    assert await storage.put("/exports/e-2", ORDER, Action.EXPORT, "export:e-2") == 400


async def test_a_hold_may_be_placed_and_released_twice(storage: Asked) -> None:
    for _ in range(2):
        assert isinstance(await storage.client.place_hold(HOLD, WHO), HoldPlaced)
    for _ in range(2):
        await storage.client.release_hold(HOLD.id, WHO)


async def test_a_survey_answers_stream_by_stream_and_keeps_nothing(storage: Asked) -> None:
    told = await storage.client.survey(SurveyOrder((str(STREAM),), *SPAN), WHO)
    assert [one.stream for one in told.streams] == [str(STREAM)]
    with pytest.raises(NotFound):
        await storage.client.export_progress(ORDER.id, WHO)


async def test_a_cancelled_order_stays_cancelled_however_often_it_is_ended(storage: Asked) -> None:
    await storage.client.order_export(ORDER, WHO)
    for _ in range(2):
        assert (await storage.client.cancel_export(ORDER.id, WHO)).status is ExportStatus.CANCELLED
    assert (await storage.client.export_progress(ORDER.id, WHO)).status is ExportStatus.CANCELLED
    with pytest.raises(NotFound):
        await storage.client.cancel_export("e-none", WHO)


async def test_no_receipt_is_signed_for_a_package_that_is_not_there(storage: Asked) -> None:
    given = HandOver(ORDER.id, "r-1", "PV 12", "60-1", "A. Martin", "opj", "Lille", "disc 12", END, "p-1")
    with pytest.raises(NotFound):
        await storage.client.sign_receipt(given, WHO)
    await storage.client.order_export(ORDER, WHO)
    with pytest.raises(Conflict):
        await storage.client.sign_receipt(given, WHO)


async def test_a_person_s_word_that_the_clock_is_right_is_taken(storage: Asked) -> None:
    now = datetime.fromtimestamp(storage.clock.utc_ns() / 1e9, UTC)
    await storage.client.confirm_clock(ClockConfirmed(now, "Ada"), WHO)


@pytest.mark.parametrize(
    ("action", "resource"),
    [(Action.EXPORT, "export:e-2"), (Action.STATUS, "export:e-1"), (Action.HOLD, "hold:e-1")],
)
async def test_a_ticket_for_something_else_opens_nothing(
    storage: Asked, action: Action, resource: str
) -> None:
    assert await storage.put("/exports/e-1", ORDER, action, resource) == 403


async def test_a_proof_is_asked_with_a_ticket_of_the_stream_and_is_not_there_before_anything_is_signed(
    storage: Asked,
) -> None:
    with pytest.raises(NotFound):
        await storage.client.destruction_proof(STREAM, *SPAN, WHO)
    token = storage.tickets.token(Action.PROOF, f"proof:{ORDER.id}", WHO)
    path = f"/proofs/{STREAM}?from=2025-01-01T00:00:00Z&to=2025-01-01T00:00:01Z"
    async with httpx.AsyncClient(transport=storage.transport, base_url="http://storage.test") as client:
        assert (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 403
