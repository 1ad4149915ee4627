"""Compact JWS (RFC 7515) by Ed25519 (RFC 8032, RFC 9864), the one kind that is taken here; see ADR 31.

A type of token has one header, `{"alg":"Ed25519","typ":…}`, byte for byte. A token with any other is refused
before that is read: there is no algorithm to choose, no `crit`, no key by name or address, no member twice.
"""

import base64
import binascii
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.errors import TicketRefused
from shared.reasons import why


def header_of(typ: str) -> str:
    """The first part of every token of a type (RFC 8725 section 3.11), base64url."""
    return _encode(json.dumps({"alg": "Ed25519", "typ": typ}, separators=(",", ":")).encode())


class Sealed:
    """Payloads signed under a header: no type's signature is good for another's."""

    def __init__(self, key: Ed25519PrivateKey, header: str) -> None:
        self._key = key
        self._header = header

    def token(self, payload: bytes) -> str:
        """`<header>.<payload>.<signature>`, each base64url without padding."""
        signed = f"{self._header}.{_encode(payload)}"
        return f"{signed}.{_encode(self._key.sign(signed.encode()))}"


def opened(key: Ed25519PublicKey, header: str, token: str, what: str, most_chars: int) -> bytes:
    """The payload of a token. Raises TicketRefused, which calls it `what`."""
    parts = token[: most_chars + 1].split(".")
    if len(token) > most_chars or len(parts) != 3 or parts[0] != header:
        raise TicketRefused(why("ticket-malformed", "the {what} is malformed", what=what))
    try:
        payload, signature = _decode(parts[1]), _decode(parts[2])
    except (ValueError, binascii.Error) as error:
        raise TicketRefused(why("ticket-malformed", "the {what} is malformed", what=what)) from error
    try:
        key.verify(signature, f"{header}.{parts[1]}".encode())
    except InvalidSignature as error:
        raise TicketRefused(
            why("ticket-forged", "the {what} is forged: its signature is wrong", what=what)
        ) from error
    return payload


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    # Unused bits of the last character must not make a second spelling of the same token.
    if _encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw
