"""Whether cards are offered at all."""

import socket

import httpx
import pytest
from pydantic import SecretStr

from ingest.addresses import AddressRules
from ingest.onvif.compose import CardOffer, offer_cards
from shared.clock import SystemClock
from shared.errors import BadInput
from shared.service import Service

SECRET = SecretStr("0123456789abcdef0123456789abcdef")


async def offered(service: Service, cards: str, secret: SecretStr | None, port: int = 0) -> int | None:
    offer = CardOffer(cards, secret, "127.0.0.1", port)
    return await offer_cards(service, offer, AddressRules(), dict, lambda _: False, SystemClock())


async def test_no_port_is_opened_where_no_card_is_named() -> None:
    assert await offered(Service("ingest", status_port=0), "", None) is None


@pytest.mark.parametrize("secret", [None, SecretStr("short"), SecretStr("é" * 40)])
async def test_cards_are_never_offered_without_a_secret_that_is_one(secret: SecretStr | None) -> None:
    with pytest.raises(BadInput):
        await offered(Service("ingest", status_port=0), "*", secret)


async def test_a_port_that_is_taken_is_told_and_stops_no_worker() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    service = Service("ingest", status_port=0)
    with taken:
        assert await offered(service, "*", SECRET, taken.getsockname()[1]) is None
    assert "cards" in service.health()


async def test_who_has_the_secret_is_heard() -> None:
    service = Service("ingest", status_port=0)
    port = await offered(service, "*", SECRET)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            asked = "/cards/75056/place/main?from=0&to=1"
            assert (await client.get(asked)).status_code == 401
            headers = {"Authorization": f"Bearer {SECRET.get_secret_value()}"}
            assert (await client.get(asked, headers=headers)).status_code == 404
    finally:
        service.stopping.set()
        await service._close()
