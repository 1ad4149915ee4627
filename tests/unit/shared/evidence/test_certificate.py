"""A certificate whose number is not positive is refused in words wherever one is read, without a warning."""

import hashlib
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.certificate import certificate_of_der, certificate_of_pem
from shared.evidence.recipient import RecipientCertificate
from shared.evidence.seal_key import SealCertificate
from shared.evidence.timestamp import ask, check, taken
from tests.support.authority import Authority

MANIFEST = b"{}"
DIGEST = hashlib.sha256(MANIFEST).digest()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def _der(authority: Authority) -> bytes:
    return certificate_of_pem(authority.pem).public_bytes(Encoding.DER)


def _numbered(der: bytes, authority: Authority, *, negative: bool) -> bytes:
    """With another number of the same length in each place where the certificate's stands."""
    number = certificate_of_pem(authority.pem).serial_number
    size = number.bit_length() // 8 + 1
    before = number.to_bytes(size, "big")
    assert before in der
    after = bytes([before[0] | 0x80]) + before[1:] if negative else bytes(size)
    return der.replace(before, after)


@pytest.mark.parametrize("negative", [True, False])
def test_it_is_refused_by_itself_in_der_and_in_pem(authority: Authority, negative: bool) -> None:
    der = _numbered(_der(authority), authority, negative=negative)
    pem = ssl.DER_cert_to_PEM_cert(der)
    with pytest.raises(ValueError, match="not positive"):
        certificate_of_der(der)
    with pytest.raises(ValueError, match="not positive"):
        certificate_of_pem(pem.encode())
    with pytest.raises(BadInput):
        RecipientCertificate.from_pem(pem)
    with pytest.raises(BadInput):
        SealCertificate.from_der(der)
    with pytest.raises(BadInput):
        SealCertificate.from_pem(pem.encode())


def test_it_is_refused_in_a_time_stamp(authority: Authority) -> None:
    token = taken(authority.answer(ask(DIGEST, 7)), DIGEST, 7)
    with pytest.raises(BadInput, match="the time-stamp"):
        check(_numbered(token, authority, negative=True), MANIFEST, authority.pem)


def test_a_good_one_is_read(authority: Authority, tmp_path: Path) -> None:
    assert certificate_of_der(_der(authority)) == certificate_of_pem(authority.pem)


@given(st.binary(max_size=60))
def test_anything_else_is_refused(data: bytes) -> None:
    for read in (certificate_of_der, certificate_of_pem):
        with pytest.raises(ValueError, match=r"."):
            read(data)
    with pytest.raises(ValueError, match=r"."):
        certificate_of_pem(b"-----BEGIN CERTIFICATE-----\n" + data + b"\n-----END CERTIFICATE-----\n")
