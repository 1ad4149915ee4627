"""Certificate fingerprints as SDP carries them (RFC 8122): what binds a DTLS handshake to a WHEP request."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha-256": hashes.SHA256(),
    "sha-384": hashes.SHA384(),
    "sha-512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`algorithm` in lower case, `value` in upper case with colons."""

    algorithm: str
    value: str

    @property
    def usable(self) -> bool:
        """Whether the hash is one we accept."""
        return self.algorithm in _HASHES


def fingerprint_of(certificate: x509.Certificate, algorithm: str = "sha-256") -> Fingerprint:
    """The fingerprint of a certificate. `algorithm` is a usable one."""
    return Fingerprint(algorithm, certificate.fingerprint(_HASHES[algorithm]).hex(":").upper())


def matches(certificate: x509.Certificate, expected: Sequence[Fingerprint]) -> bool:
    """Whether a certificate has all the usable fingerprints expected of it, and at least one."""
    usable = [fingerprint for fingerprint in expected if fingerprint.usable]
    return bool(usable) and all(
        hmac.compare_digest(
            fingerprint_of(certificate, fingerprint.algorithm).value.encode(), fingerprint.value.encode()
        )
        for fingerprint in usable
    )
