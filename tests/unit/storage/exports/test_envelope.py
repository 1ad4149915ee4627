"""A package encrypted to a certificate is opened by OpenSSL with its key, and by nobody else."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.errors import BadInput
from shared.evidence.seal_key import SealKey, make_seal_key
from storage.exports.envelope import Recipient, envelope
from tests.unit.storage.packages import said
from tests.unit.storage.workshop import pem_pair, seal_key

_OPEN = "openssl cms -decrypt -binary -inform DER -in sealed.p7m -inkey key.pem -recip cert.pem -out plain"


def opened(folder: Path, plain: bytes, key: SealKey) -> tuple[int, bytes]:
    """What OpenSSL makes of an envelope for the tests' recipient, with a key."""
    (folder / "key.pem").write_bytes(key.key_pem())
    (folder / "cert.pem").write_bytes(key.certificate.pem)
    recipient = Recipient.from_pem(seal_key().certificate.pem.decode())
    (folder / "sealed.p7m").write_bytes(b"".join(envelope(io.BytesIO(plain), recipient)))
    code, _, _ = said(_OPEN, folder)
    return code, (folder / "plain").read_bytes() if (folder / "plain").exists() else b""


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, (1 << 20) - 1, 1 << 20, 3_000_001])
def test_the_recipient_opens_it_with_openssl(tmp_path: Path, size: int) -> None:
    plain = bytes(number * 7 & 255 for number in range(size % 1000)) + bytes(size - size % 1000)
    assert opened(tmp_path, plain, seal_key()) == (0, plain)


def test_nobody_else_opens_it(tmp_path: Path) -> None:
    code, plain = opened(tmp_path, b"pictures" * 100, make_seal_key("Another", datetime.now(UTC)))
    assert code != 0
    assert b"pictures" not in plain


def test_what_is_encrypted_shows_nothing_of_what_it_is() -> None:
    recipient = Recipient.from_pem(seal_key().certificate.pem.decode())
    assert b"pictures" not in b"".join(envelope(io.BytesIO(b"pictures" * 100), recipient))


@pytest.mark.parametrize("pem", ["", "nothing", pem_pair()[1].decode()])
def test_what_nothing_can_be_encrypted_to_is_refused_in_words(pem: str) -> None:
    with pytest.raises(BadInput, match="not a PEM certificate of an RSA key"):
        Recipient.from_pem(pem)
