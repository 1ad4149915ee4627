"""The evidence key: only what it signed is signed."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.signature import EvidenceKey, EvidencePublicKey

PRIVATE = Ed25519PrivateKey.generate()
KEY = EvidenceKey(PRIVATE)
CURVE = generate_private_key(SECP256R1())


@settings(max_examples=40)
@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_a_signature_holds_for_its_manifest_and_no_other(manifest: bytes, at: int, change: int) -> None:
    signature = KEY.sign(manifest)
    broken = bytearray(signature)
    broken[at] ^= change
    assert KEY.public.has_signed(manifest, signature)
    assert not KEY.public.has_signed(manifest + b" ", signature)
    assert not KEY.public.has_signed(manifest, bytes(broken))
    assert not EvidenceKey(Ed25519PrivateKey.generate()).public.has_signed(manifest, signature)


def test_keys_are_read_from_their_files() -> None:
    pem = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert EvidenceKey.from_pem(pem).public.pem() == KEY.public.pem()
    assert EvidencePublicKey.from_pem(KEY.public.pem()).fingerprint == KEY.public.fingerprint


def test_the_fingerprint_is_of_the_key_in_der() -> None:
    der = PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert KEY.public.fingerprint == hashlib.sha256(der).hexdigest()


def test_a_key_of_another_kind_is_refused_without_a_word_of_it() -> None:
    pem = CURVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (pem, b"", b"hunter2"):
        with pytest.raises(BadInput) as refusal:
            EvidenceKey.from_pem(wrong)
        assert "hunter2" not in str(refusal.value)
    with pytest.raises(BadInput, match="not an Ed25519"):
        EvidencePublicKey.from_pem(
            CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
