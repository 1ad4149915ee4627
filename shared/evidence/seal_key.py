"""The key that seals films and signs the report: RSA with a certificate (ONVIF Export File Format, 5.6.2)."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from shared.errors import BadInput
from shared.evidence.certificate import certificate_of_der, certificate_of_pem
from shared.private import private_file

_BITS = 3072
_LEAST_BITS = 2048
_YEARS = 30
_SALT_BYTES = 20
"""What the format fixes; any other would have to be declared in a `sigC` box."""


class SealCertificate:
    """The public half: whoever holds it can check a film by itself."""

    def __init__(self, certificate: x509.Certificate, key: RSAPublicKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def from_der(cls, der: bytes) -> "SealCertificate":
        """Raises BadInput where it is no certificate of an RSA key."""
        try:
            return cls._of(certificate_of_der(der))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the seal's certificate cannot be read") from error

    @classmethod
    def from_pem(cls, pem: bytes) -> "SealCertificate":
        """Raises BadInput where it is no certificate of an RSA key."""
        try:
            return cls._of(certificate_of_pem(pem))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the seal's certificate is not a PEM certificate") from error

    @classmethod
    def _of(cls, certificate: x509.Certificate) -> "SealCertificate":
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise BadInput(f"the seal's certificate is not of an RSA key of {_LEAST_BITS} bits or more")
        return cls(certificate, key)

    @property
    def der(self) -> bytes:
        return self._certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self._certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the certificate in DER."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def signature_bytes(self) -> int:
        """How long a signature of this key is."""
        return (self._key.key_size + 7) // 8

    def is_of(self, key: RSAPrivateKey) -> bool:
        return self._key.public_numbers() == key.public_key().public_numbers()

    def has_signed(self, digest: bytes, signature: bytes) -> bool:
        """Whether a signature is of what has this SHA-256."""
        try:
            self._key.verify(signature, digest, _padding(), Prehashed(SHA256()))
        except InvalidSignature:
            return False
        return True


class SealKey:
    """The private half, at the centre that makes exports."""

    def __init__(self, key: RSAPrivateKey, certificate: SealCertificate) -> None:
        self._key = key
        self.certificate = certificate

    @classmethod
    def from_pem(cls, key_pem: bytes, certificate_pem: bytes) -> "SealKey":
        """An unencrypted PKCS 8 key and its certificate. Raises BadInput where they do not fit each other."""
        try:
            key = load_pem_private_key(key_pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the seal's key is not an unencrypted PEM private key") from error
        certificate = SealCertificate.from_pem(certificate_pem)
        if not isinstance(key, RSAPrivateKey) or not certificate.is_of(key):
            raise BadInput("the seal's key is not the one of its certificate")
        return cls(key, certificate)

    def sign(self, digest: bytes) -> bytes:
        """The signature of what has this SHA-256."""
        return self._key.sign(digest, _padding(), Prehashed(SHA256()))

    def key_pem(self) -> bytes:
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_seal_key(name: str, now: datetime) -> SealKey:
    """A fresh key with a certificate that it has signed itself, made out to `name`."""
    key = generate_private_key(65_537, _BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return SealKey.from_pem(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )


def open_seal_key(key_file: Path, certificate_file: Path, name: str) -> SealKey:
    """The key and certificate of two files, made at the first use. Raises BadInput, OSError."""
    if not key_file.exists() and not certificate_file.exists():
        made = make_seal_key(name, datetime.now(UTC))
        for file, content in ((certificate_file, made.certificate.pem), (key_file, made.key_pem())):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = file.with_name(file.name + ".part")
            part.touch(mode=0o600)
            part.write_bytes(content)
            part.replace(file)
    for file in (key_file, certificate_file):
        private_file(file)
    return SealKey.from_pem(key_file.read_bytes(), certificate_file.read_bytes())


def _padding() -> PSS:
    return PSS(MGF1(SHA256()), _SALT_BYTES)
