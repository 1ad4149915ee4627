"""The evidence key: signs manifests (Ed25519, RFC 8032), and is known by its fingerprint."""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shared.errors import BadInput


class EvidenceKey:
    """The private key, at the centre that makes exports."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def from_pem(cls, pem: bytes) -> "EvidenceKey":
        """The key of an unencrypted PKCS 8 file. Raises BadInput."""
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the evidence key is not an unencrypted PEM private key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput("the evidence key is not an Ed25519 private key")
        return cls(key)

    @property
    def public(self) -> "EvidencePublicKey":
        return EvidencePublicKey(self._key.public_key())

    def sign(self, manifest: bytes) -> bytes:
        """64 bytes of signature."""
        return self._key.sign(manifest)


class EvidencePublicKey:
    """The public key, with whoever verifies."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def from_pem(cls, pem: bytes) -> "EvidencePublicKey":
        """The key of a PEM file. Raises BadInput."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the key is not a PEM public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise BadInput("the key is not an Ed25519 public key")
        return cls(key)

    def pem(self) -> bytes:
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the key in DER (SubjectPublicKeyInfo)."""
        der = self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def has_signed(self, manifest: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, manifest)
        except InvalidSignature:
            return False
        return True
