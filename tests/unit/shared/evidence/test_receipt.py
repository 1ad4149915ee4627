"""The receipt of a package: whoever has the public key tells a true one from any other."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.receipt import TYPE, read_receipt, signed_file
from shared.evidence.signature import EvidenceKey

KEY = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"))
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


def given_to(name: str) -> dict[str, str | int]:
    return {"type": TYPE, "export": "x-1", "recipient": name, "package_bytes": 1234}


@given(words)
def test_a_receipt_reads_as_it_was_signed(name: str) -> None:
    told = given_to(name)
    assert read_receipt(signed_file(told, KEY).encode(), KEY.public) == told


@given(st.sampled_from(sorted(given_to("A. Martin"))), words)
def test_a_receipt_of_which_one_word_was_changed_is_refused(member: str, word: str) -> None:
    file = json.loads(signed_file(given_to("A. Martin"), KEY))
    if file["receipt"][member] == word:
        return
    file["receipt"][member] = word
    with pytest.raises(BadInput):
        read_receipt(json.dumps(file).encode(), KEY.public)


def test_a_receipt_that_another_key_signed_is_refused() -> None:
    with pytest.raises(BadInput, match="another key"):
        read_receipt(signed_file(given_to("A. Martin"), OTHER).encode(), KEY.public)


@given(st.binary(max_size=200) | st.builds(lambda v: json.dumps(v).encode(), st.dictionaries(words, words)))
def test_anything_else_is_refused_in_a_sentence(file: bytes) -> None:
    with pytest.raises(BadInput):
        read_receipt(file, KEY.public)
