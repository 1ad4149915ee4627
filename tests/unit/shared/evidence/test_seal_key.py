"""The key that seals films: made once, replaceable, and never without its own certificate."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.errors import BadInput
from shared.evidence.seal_key import SealCertificate, SealKey, make_seal_key, open_seal_key
from tests.unit.storage.workshop import pem_pair, seal_key

DIGEST = hashlib.sha256(b"film").digest()


def test_what_the_key_signed_its_certificate_vouches_for() -> None:
    signature = seal_key().sign(DIGEST)
    certificate = SealCertificate.from_der(seal_key().certificate.der)
    assert certificate.has_signed(DIGEST, signature)
    assert not certificate.has_signed(hashlib.sha256(b"other").digest(), signature)
    assert len(signature) == certificate.signature_bytes == 384


def test_an_installation_makes_its_key_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key_file, certificate_file = tmp_path / "new" / "seal.pem", tmp_path / "new" / "certificate.pem"
    first = open_seal_key(key_file, certificate_file, "Centre")
    again = open_seal_key(key_file, certificate_file, "Centre")
    assert first.certificate.fingerprint == again.certificate.fingerprint
    assert key_file.stat().st_mode & 0o077 == 0


def test_a_key_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    key_file, certificate_file = tmp_path / "seal.pem", tmp_path / "certificate.pem"
    key_file.write_bytes(seal_key().key_pem())
    certificate_file.write_bytes(seal_key().certificate.pem)
    key_file.chmod(0o644)
    open_seal_key(key_file, certificate_file, "Centre")
    assert key_file.stat().st_mode & 0o077 == 0


def test_a_key_without_its_certificate_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "seal.pem").write_bytes(seal_key().key_pem())
    with pytest.raises(FileNotFoundError):
        open_seal_key(tmp_path / "seal.pem", tmp_path / "certificate.pem", "Centre")


def test_a_certificate_of_another_key_is_refused() -> None:
    other = make_seal_key("Centre", datetime.now(UTC))
    with pytest.raises(BadInput, match="not the one of its certificate"):
        SealKey.from_pem(seal_key().key_pem(), other.certificate.pem)


def test_what_is_no_rsa_key_or_no_certificate_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="not the one of its certificate"):
        SealKey.from_pem(pem_pair()[0], seal_key().certificate.pem)
    with pytest.raises(BadInput, match="not an unencrypted PEM private key"):
        SealKey.from_pem(b"nothing", seal_key().certificate.pem)
    with pytest.raises(BadInput, match="not a PEM certificate"):
        SealCertificate.from_pem(pem_pair()[1])
    with pytest.raises(BadInput, match="cannot be read"):
        SealCertificate.from_der(b"nothing")
