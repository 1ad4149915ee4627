"""The sections of an offer, and what holds for all of them."""

from mux.sdp.offer import parse_offer
from mux.transport.fingerprint import Fingerprint
from tests.unit.mux.sdp.test_answer import DIGEST, browser_offer


def test_attributes_of_the_session_hold_for_its_video() -> None:
    moved = f"a=fingerprint:sha-256 {DIGEST}\r\n"
    text = browser_offer().replace(moved, "").replace("a=group", moved + "a=group")
    assert parse_offer(text).fingerprints == (Fingerprint("sha-256", DIGEST),)
