"""Whose certificate proves a viewer."""

import pytest

from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput
from tests.unit.mux.transport.test_dtls import ENDPOINT, EXPECTED, Client, shake_hands


def test_an_offer_without_a_usable_fingerprint_proves_nobody() -> None:
    session = ENDPOINT.session((Fingerprint("sha-1", "00"),))
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client())


def test_a_wrong_fingerprint_beside_a_right_one_is_refused() -> None:
    session = ENDPOINT.session((*EXPECTED, Fingerprint("sha-512", "00")))
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client())
