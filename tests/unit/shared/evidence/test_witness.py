"""Heads that another has kept; held against exports in test_captured.py."""

import json

import pytest

from shared.errors import BadInput
from shared.evidence.ledger import FIRST_PREVIOUS, Head, SignedHead
from shared.evidence.witness import WitnessedHeads
from tests.unit.shared.evidence.registers import KEY, NOON_NS


def head(number: int, *, previous: str = FIRST_PREVIOUS, root: str = "00" * 32) -> SignedHead:
    fingerprint = KEY.public.fingerprint
    return Head("ab" * 16, number, NOON_NS, NOON_NS, 1, root, previous, fingerprint).signed(KEY)


def kept(*heads: SignedHead) -> bytes:
    return json.dumps({"items": [one.told() for one in heads]}).encode()


def test_a_head_that_is_kept_or_follows_one_at_once_is_confirmed() -> None:
    witness = WitnessedHeads.read(kept(head(7)))
    assert witness.fault(head(7)) is None
    assert witness.fault(head(8, previous=head(7).digest)) is None


def test_a_head_that_does_not_follow_the_kept_one_is_told() -> None:
    assert "does not follow" in str(WitnessedHeads.read(kept(head(7))).fault(head(8)))


def test_two_heads_of_one_number_are_no_witness() -> None:
    with pytest.raises(BadInput, match="one number"):
        WitnessedHeads.read(kept(head(7), head(7, root="11" * 32)))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"items": []}', b'{"items": [{"document": "{}", "signature": ""}]}']
)
def test_what_holds_no_heads_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        WitnessedHeads.read(body)
