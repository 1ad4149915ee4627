"""A data key under its commune's key: a JWK (RFC 7517, section 7) in a compact JWE (RFC 7516).

The one kind taken here is direct encryption by AES-256-GCM. The header, which is authenticated, is written
out byte for byte for each commune's key and scope: there is no algorithm to choose, and an envelope is good
for its own camera and day only. Any library of JOSE opens it with the commune's key.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE, _TAG = 12, 16
_MOST_CHARS = 2000


class WrongKey(ValueError):
    """None of the keys given is the one that the envelope was made with."""


class BrokenEnvelope(ValueError):
    """What should be an envelope is none, or not of this scope."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """256 bits, a commune's or a day's. `id` is its thumbprint (RFC 7638), which tells nothing of it."""

    secret: bytes

    @classmethod
    def made(cls) -> "Key":
        return cls(secrets.token_bytes(_KEY_BYTES))

    @property
    def thumbprint(self) -> bytes:
        return hashlib.sha256(_json({"k": _encode(self.secret), "kty": "oct"})).digest()

    @property
    def id(self) -> str:
        return self.thumbprint.hex()

    def jwk(self) -> dict[str, str]:
        return {"alg": "A256GCM", "k": _encode(self.secret), "kid": self.id, "kty": "oct"}

    @classmethod
    def from_jwk(cls, jwk: object) -> "Key":
        """Raises ValueError where it is no key of ours."""
        if not isinstance(jwk, dict) or jwk.get("kty") != "oct" or not isinstance(jwk.get("k"), str):
            raise ValueError("it is no symmetric key")
        try:
            key = cls(_decode(jwk["k"]))
        except ValueError as error:
            raise ValueError("it is no base64url") from error
        if len(key.secret) != _KEY_BYTES or jwk.get("kid", key.id) != key.id:
            raise ValueError("it is not 256 bits long, or is not the key it says it is")
        return key


def wrapped(data_key: Key, by: Key, scope: str) -> bytes:
    """The envelope of a data key."""
    header, nonce = _header(by, scope), secrets.token_bytes(_NONCE)
    sealed = AESGCM(by.secret).encrypt(nonce, _json(data_key.jwk()), header.encode())
    text, tag = sealed[:-_TAG], sealed[-_TAG:]
    return ".".join((header, "", _encode(nonce), _encode(text), _encode(tag))).encode()


def unwrapped(envelope: bytes, by: Sequence[Key], scope: str) -> Key:
    """The data key, by whichever of some keys it was wrapped. Raises WrongKey, BrokenEnvelope."""
    parts = envelope[: _MOST_CHARS + 1].decode(errors="replace").strip().split(".")
    if len(envelope) > _MOST_CHARS or len(parts) != 5 or parts[1]:
        raise BrokenEnvelope("it is no envelope of a key")
    key = next((one for one in by if _header(one, scope) == parts[0]), None)
    if key is None:
        raise WrongKey(_named(parts[0], scope))
    try:
        nonce, text, tag = (_decode(part) for part in parts[2:])
        opened = AESGCM(key.secret).decrypt(nonce, text + tag, parts[0].encode())
        return Key.from_jwk(json.loads(opened))
    except (InvalidTag, ValueError) as error:
        raise BrokenEnvelope("its bytes have changed") from error


def _named(header: str, scope: str) -> str:
    """The id of the key that a header asks for. Raises BrokenEnvelope where it is not of this scope."""
    try:
        told = json.loads(_decode(header))
    except ValueError as error:
        raise BrokenEnvelope("it is no envelope of a key") from error
    if not isinstance(told, dict) or told.get("for") != scope or not isinstance(told.get("kid"), str):
        raise BrokenEnvelope("it is the envelope of another key")
    return str(told["kid"])[:64]


def _header(by: Key, scope: str) -> str:
    return _encode(_json({"alg": "dir", "cty": "jwk+json", "enc": "A256GCM", "for": scope, "kid": by.id}))


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
