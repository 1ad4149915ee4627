"""Puts the offer of cameras' cards together, where the settings ask for one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from ingest.addresses import AddressRules
from ingest.onvif.card_choice import CardChoice
from ingest.ports import CameraAddress
from shared.clock import Clock
from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.service import Service

_LEAST_SECRET = 32


@dataclass(frozen=True, slots=True)
class CardOffer:
    """Whose cards are offered, to who knows which secret, and where: as the settings have it."""

    cards: str
    secret: SecretStr | None
    host: str
    port: int


async def offer_cards(
    service: Service,
    offer: CardOffer,
    rules: AddressRules,
    addresses: Callable[[], Mapping[StreamId, CameraAddress]],
    sought: Callable[[StreamId], bool],
    clock: Clock,
) -> int | None:
    """Offer the cards of the cameras that the offer names; the port, None where it names none. `addresses`
    and `sought` are as `Cards` has them.

    Where the port is taken they are not offered, and `/healthz` says so. Raises BadInput.
    """
    choice = CardChoice.read(offer.cards)
    if not choice:
        return None
    secret = "" if offer.secret is None else offer.secret.get_secret_value()
    if len(secret) < _LEAST_SECRET or not secret.isascii():
        raise BadInput(f"BEFFROI_CARD_SECRET has to be {_LEAST_SECRET} ASCII characters or more")
    # Here: workers that offer no cards need neither the ONVIF library nor an HTTP server in memory.
    from ingest.onvif.cards import Cards
    from ingest.onvif.http import CardDoor
    from ingest.onvif.replay import Replayer
    from shared.asgi import serve_asgi

    cards = Cards(choice, addresses, rules, Replayer(rules, clock), clock, sought=sought)
    try:
        return await serve_asgi(service, CardDoor(cards, secret), offer.host, offer.port)
    except Unavailable as error:
        # Cards are for what was lost already: what is live goes on.
        trouble = error.detail
        service.check("cards", lambda: trouble)
        return None
