"""Tickets: what control_room lets somebody do, signed, for a short time (Ed25519, RFC 8032).

A token is `v1.<payload>.<signature>`, both parts base64url without padding; the payload is the ticket as
JSON. mux and storage hold the public key only: they can check tickets and never make one.
"""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import Field, TypeAdapter, ValidationError

from shared.clock import Clock
from shared.errors import BadInput, TicketRefused, Unauthenticated
from shared.ids import CAMERA_PATTERN, COMMUNE_PATTERN
from shared.reasons import why

_VERSION = "v1"
_MAX_TOKEN_CHARS = 16384
MOST_CAMERAS = 64
"""Of one wall."""

WALL_RESOURCE = "wall"
CLOCK_RESOURCE = "clock"
"""Of storage: what a person's word about the time is for."""


CameraPath = Annotated[str, Field(pattern=f"^{COMMUNE_PATTERN}/{CAMERA_PATTERN}$")]
"""`commune/camera`: a camera without a kind, see `StreamId.camera_path`."""


class Action(StrEnum):
    """What a ticket allows."""

    LIVE = "live"
    WALL = "wall"
    PLAYBACK = "playback"
    EXPORT = "export"
    DOWNLOAD = "download"
    HOLD = "hold"
    STATUS = "status"
    CLOCK = "clock"


SHOWING = frozenset({Action.LIVE, Action.WALL, Action.PLAYBACK, Action.DOWNLOAD})
"""The actions that show images to a person: they last as long as the right, not as long as the ticket. The
others are control_room's own, and done at once."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's permission to do one thing with one resource until `until_s` (UTC seconds since 1970).

    `resource` is a stream (`str(StreamId)`), `wall`, `clock`, `export:<id>` or `hold:<id>`. `start_s` and
    `end_s` bound the footage a playback may show; None leaves that side open. `cameras` are those a wall may
    show, in the order of its tiles: each as its main and as its sub stream.

    `issued_ms` is when control_room gave it; `right_until_s` when the session it was given in ends at the
    latest, however long what it opened goes on. A ticket without them (0) counts as older than any lease (see
    `shared.leases`), and ends with its session only.
    """

    id: str
    subject: str
    session: str
    action: Action
    resource: str
    until_s: int
    start_s: int | None = None
    end_s: int | None = None
    cameras: Annotated[tuple[CameraPath, ...], Field(max_length=MOST_CAMERAS)] = ()
    issued_ms: int = 0
    right_until_s: int = 0


_TICKET = TypeAdapter(Ticket)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    # Unused bits of the last character must not make a second spelling of the same token.
    if _encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw


class Sealed:
    """Payloads signed under a version: no version's signature is good for another's."""

    def __init__(self, key: Ed25519PrivateKey, version: str) -> None:
        self._key = key
        self._version = version

    def token(self, payload: bytes) -> str:
        """`<version>.<payload>.<signature>`."""
        signed = f"{self._version}.{_encode(payload)}"
        return f"{signed}.{_encode(self._key.sign(signed.encode()))}"


def opened(key: Ed25519PublicKey, version: str, token: str, what: str, most_chars: int) -> bytes:
    """The payload of a token. Raises TicketRefused, which calls it `what`."""
    parts = token[: most_chars + 1].split(".")
    if len(token) > most_chars or len(parts) != 3 or parts[0] != version:
        raise TicketRefused(why("ticket-malformed", "the {what} is malformed", what=what))
    try:
        payload, signature = _decode(parts[1]), _decode(parts[2])
    except (ValueError, binascii.Error) as error:
        raise TicketRefused(why("ticket-malformed", "the {what} is malformed", what=what)) from error
    try:
        key.verify(signature, f"{version}.{parts[1]}".encode())
    except InvalidSignature as error:
        raise TicketRefused(
            why("ticket-forged", "the {what} is forged: its signature is wrong", what=what)
        ) from error
    return payload


class TicketSigner:
    """Makes tickets. Only control_room has one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key
        self._sealed = Sealed(key, _VERSION)

    @classmethod
    def from_pem(cls, pem: bytes) -> "TicketSigner":
        """The signer of a PKCS 8 private key. Raises BadInput on anything but an Ed25519 key."""
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput("the ticket key is not an unencrypted PEM private key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput("the ticket key is not an Ed25519 private key")
        return cls(key)

    def sign(self, ticket: Ticket) -> str:
        """The token of a ticket."""
        return self._sealed.token(_TICKET.dump_json(ticket))


class TicketVerifier:
    """Checks tickets."""

    def __init__(self, key: Ed25519PublicKey, clock: Clock) -> None:
        self.key = key
        self._clock = clock

    @classmethod
    def from_pem(cls, pem: bytes, clock: Clock) -> "TicketVerifier":
        """The verifier of a public key. Raises BadInput on anything but an Ed25519 key."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadInput("the ticket key is not a PEM public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise BadInput("the ticket key is not an Ed25519 public key")
        return cls(key, clock)

    def verify(self, token: str, action: Action, resource: str) -> Ticket:
        """The ticket of a token that allows `action` on `resource` now. Raises TicketRefused."""
        ticket = self._authentic(token)
        if self._clock.utc_ns() >= ticket.until_s * 1_000_000_000:
            raise TicketRefused(why("ticket-expired", "the ticket has expired: ask for another"))
        if ticket.action != action:
            raise TicketRefused(
                why(
                    "ticket-other-action",
                    "the ticket is for {given}, not for {asked}",
                    given=str(ticket.action),
                    asked=str(action),
                )
            )
        if ticket.resource != resource:
            raise TicketRefused(why("ticket-other-thing", "the ticket was made for something else"))
        return ticket

    def _authentic(self, token: str) -> Ticket:
        payload = opened(self.key, _VERSION, token, "ticket", _MAX_TOKEN_CHARS)
        try:
            return _TICKET.validate_json(payload)
        except ValidationError as error:
            raise TicketRefused(why("ticket-malformed", "the ticket is malformed")) from error


def bearer(header: str | None, query: str | None = None) -> str:
    """The token of an `Authorization: Bearer` header (RFC 6750), else of a query parameter.

    Raises Unauthenticated when there is neither.
    """
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
    if query:
        return query
    raise Unauthenticated(why("ticket-missing", "a ticket is needed: send it as Authorization: Bearer"))
