"""The certificate of whom a package is encrypted to."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from shared.errors import BadInput
from shared.evidence.certificate import certificate_of_pem
from shared.reasons import why

_LEAST_BITS = 2048
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class RecipientCertificate:
    """Who alone can open a package.

    `pem` is the certificate and nothing else, whatever lay beside it in what was given. `fingerprint` is the
    SHA-256, in hexadecimal, of the certificate in DER.
    """

    name: str
    expires_at: datetime
    fingerprint: str
    pem: str
    certificate: x509.Certificate
    key: RSAPublicKey

    @classmethod
    def from_pem(cls, text: str) -> "RecipientCertificate":
        """Of the first certificate in it. Raises BadInput where nothing can be encrypted to that."""
        try:
            certificate = certificate_of_pem(text.encode())
            key, name = certificate.public_key(), _name(certificate.subject)
            expires_at, fingerprint = certificate.not_valid_after_utc, certificate.fingerprint(SHA256()).hex()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _unfit() from error
        if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise _unfit()
        pem = certificate.public_bytes(Encoding.PEM).decode()
        return cls(name, expires_at, fingerprint, pem, certificate, key)


def _name(subject: x509.Name) -> str:
    common = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    told = str(common[0].value) if common else subject.rfc4514_string()
    return "".join(one for one in told if one.isprintable())[:_MOST_NAME]


def _unfit() -> BadInput:
    return BadInput(
        why("recipient-unfit", "the recipient's certificate is not a PEM certificate of an RSA key"),
        "recipient",
    )
