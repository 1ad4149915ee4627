"""Tickets of this service's own questions: on somebody's behalf, never for images."""

from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from control_room.access.service_tickets import ServiceTickets
from control_room.model.names import Names
from control_room.model.people import Principal
from shared.clock import SimulatedClock
from shared.tickets import SHOWING, Action, TicketSigner, TicketVerifier
from tests.unit.control_room.room import NOON_NS

KEY = Ed25519PrivateKey.generate()
CLOCK = SimulatedClock(NOON_NS)
TICKETS = ServiceTickets(TicketSigner(KEY), CLOCK, Names(Random(7)))
WHO = Principal("p-1", "s-1")


def test_a_question_is_asked_on_somebodys_behalf_for_a_minute() -> None:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verifier = TicketVerifier.from_pem(public, CLOCK)
    ticket = verifier.verify(TICKETS.token(Action.HOLD, "hold:h-1", WHO), Action.HOLD, "hold:h-1")
    assert (ticket.subject, ticket.session) == ("p-1", "s-1")
    assert ticket.until_s == NOON_NS // 10**9 + 60


@pytest.mark.parametrize("action", sorted(SHOWING))
def test_none_of_them_shows_an_image(action: Action) -> None:
    with pytest.raises(ValueError, match="takes a grant"):
        TICKETS.token(action, "59350/cam-1/main", WHO)
