"""Tokens of any header and payload, signed or not, as a stranger to `shared.jws` would make them."""

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def part(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(header: bytes, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    """A compact JWS."""
    signed = f"{part(header)}.{part(payload)}"
    return f"{signed}.{part(sign(signed.encode()))}"


def signed(header: bytes, payload: bytes, key: Ed25519PrivateKey) -> str:
    """The same, with a good signature."""
    return token(header, payload, key.sign)
