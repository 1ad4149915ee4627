"""Reads certificates that come from elsewhere: a number that RFC 5280 forbids is refused, not warned of."""

import base64
import binascii
import re

from cryptography import x509

_PEM = re.compile(rb"-----BEGIN (?:X509 )?CERTIFICATE-----(.*?)-----END", re.DOTALL)
_SEQUENCE, _INTEGER, _VERSION = 0x30, 0x02, 0xA0


def certificate_of_der(der: bytes) -> x509.Certificate:
    """Raises ValueError where it is no certificate, or its number is not positive."""
    _require_positive(der)
    return x509.load_der_x509_certificate(der)


def certificate_of_pem(pem: bytes) -> x509.Certificate:
    """The first certificate in a text. Raises ValueError as the other does."""
    found = _PEM.search(pem)
    if found is not None:
        try:
            _require_positive(base64.b64decode(found[1]))
        except binascii.Error as error:
            raise ValueError("the certificate is no base64") from error
    return x509.load_pem_x509_certificate(pem)


def _require_positive(der: bytes) -> None:
    try:
        number = _number(der)
    except IndexError as error:
        raise ValueError("the certificate is cut") from error
    if not number or number[0] >= 0x80 or not any(number):
        raise ValueError("the number of the certificate is not positive")


def _number(der: bytes) -> bytes:
    """The bytes of its serial number (RFC 5280, section 4.1), empty where there is none."""
    at = _body(der, _body(der, 0, _SEQUENCE)[0], _SEQUENCE)[0]
    if der[at] == _VERSION:
        at = _body(der, at, _VERSION)[1]
    first, past = _body(der, at, _INTEGER)
    return der[first:past]


def _body(der: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the contents of what is at `at` begin and end. Raises ValueError, IndexError."""
    if der[at] != tag:
        raise ValueError("it is no certificate")
    length, at = der[at + 1], at + 2
    if length >= 0x80:
        more = length & 0x7F
        length, at = int.from_bytes(der[at : at + more], "big"), at + more
    return at, at + length
