"""Encrypts a package for one recipient: CMS EnvelopedData (RFC 5652, section 6), in constant memory.

`openssl cms -decrypt -binary -inform DER` opens it, and so does what reads S/MIME. AES-256-CBC, which every
such tool reads; the key for it by RSAES-OAEP with SHA-256 (RFC 4055). That nothing was changed is for the
signatures inside to say.
"""

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding

from shared.evidence.recipient import RecipientCertificate

_CHUNK = 1 << 20
_BLOCK_BITS = 128
_ENDLESS_SEQUENCE, _ENDLESS_FIRST, _END = b"\x30\x80", b"\xa0\x80", b"\x00\x00"

Random = Callable[[int], bytes]


class Recipient:
    """Who alone can open a package."""

    def __init__(self, certificate: RecipientCertificate) -> None:
        self._certificate = certificate

    @classmethod
    def from_pem(cls, pem: str) -> "Recipient":
        """Of a PEM certificate. Raises BadInput where nothing can be encrypted to it."""
        return cls(RecipientCertificate.from_pem(pem))

    def wrapped(self, key: bytes) -> bytes:
        """The recipient infos: a content key that only the recipient can read, in DER."""
        certificate = asn1_x509.Certificate.load(self._certificate.certificate.public_bytes(Encoding.DER))
        hashed = {"algorithm": "sha256"}
        mask = {"algorithm": "mgf1", "parameters": hashed}
        oaep = {"hash_algorithm": hashed, "mask_gen_algorithm": mask}
        info = cms.KeyTransRecipientInfo(
            {
                "version": "v0",
                "rid": cms.RecipientIdentifier(
                    "issuer_and_serial_number",
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
                ),
                "key_encryption_algorithm": {"algorithm": "rsaes_oaep", "parameters": oaep},
                "encrypted_key": self._certificate.key.encrypt(key, OAEP(MGF1(SHA256()), SHA256(), None)),
            }
        )
        encoded: bytes = cms.RecipientInfos([cms.RecipientInfo("ktri", info)]).dump()
        return encoded


def envelope(source: BinaryIO, recipient: Recipient, random: Random = os.urandom) -> Iterator[bytes]:
    """What `source` gives, encrypted, in parts. Raises OSError. Blocking."""
    key, start = random(32), random(16)
    method = algos.EncryptionAlgorithm({"algorithm": "aes256_cbc", "parameters": start})
    yield b"".join(
        (
            _ENDLESS_SEQUENCE + core.ObjectIdentifier("1.2.840.113549.1.7.3").dump() + _ENDLESS_FIRST,
            _ENDLESS_SEQUENCE + core.Integer(0).dump() + recipient.wrapped(key),
            _ENDLESS_SEQUENCE + core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(),
            method.dump() + _ENDLESS_FIRST,
        )
    )
    encryptor, padder = Cipher(AES(key), CBC(start)).encryptor(), PKCS7(_BLOCK_BITS).padder()
    while chunk := source.read(_CHUNK):
        yield from _octets(encryptor.update(padder.update(chunk)))
    yield from _octets(encryptor.update(padder.finalize()) + encryptor.finalize())
    yield _END * 5


def _octets(data: bytes) -> Iterator[bytes]:
    """One string of many, nothing of nothing."""
    if data:
        size = len(data).to_bytes(4, "big")
        yield b"\x04\x84" + size
        yield data
