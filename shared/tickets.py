"""Tickets: what control_room lets somebody do, signed, for a short time.

A token is a JWT (RFC 7519) in the one form of `shared.jws`. What has a registered claim goes under its name,
`aud` being what the ticket opens; the rest are claims of our own. mux and storage hold the public key only:
they can check tickets and never make one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import Field, TypeAdapter, ValidationError

from shared.clock import Clock
from shared.errors import BadInput, TicketRefused, Unauthenticated
from shared.ids import CAMERA_PATTERN, COMMUNE_PATTERN
from shared.jws import Sealed, header_of, opened
from shared.reasons import why

_HEADER = header_of("beffroi-ticket+jwt")
_MAX_TOKEN_CHARS = 16384
MOST_CAMERAS = 64
"""Of one wall."""

WALL_RESOURCE = "wall"
CLOCK_RESOURCE = "clock"
"""Of storage: what a person's word about the time is for."""
SURVEY_RESOURCE = "survey"
"""Of storage: what there is of a range is asked, and nothing of it shown."""


def edge_resource(commune: str) -> str:
    """Of storage: what a commune's edge recorder says and sends."""
    return f"edge:{commune}"


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
    PROOF = "proof"
    EDGE = "edge"

    # Rights are looked at twice a second of each viewer, and an enum's own is in Python.
    __hash__ = str.__hash__


SHOWING = frozenset({Action.LIVE, Action.WALL, Action.PLAYBACK, Action.DOWNLOAD})
"""The actions that show images to a person: they last as long as the right, not as long as the ticket. The
others are control_room's own, and done at once."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's permission to do one thing with one resource until `until_s` (UTC seconds since 1970).

    `resource` is a stream (`str(StreamId)`), `wall`, `clock`, `survey`, `export:<id>`, `hold:<id>`,
    `proof:<stream>` or `edge:<commune>`, of which the subject is a worker.
    `start_s` and `end_s` bound the footage a playback may show; None leaves that side open. `cameras` are
    those a wall may show, in the order of its tiles: each as its main and as its sub stream.

    `issued_ms` is when control_room gave it; `right_until_s` when the session it was given in ends at the
    latest, however long what it opened goes on. A ticket without them (0) counts as older than any lease (see
    `shared.leases`), and ends with its session only.
    """

    id: Annotated[str, Field(alias="jti")]
    subject: Annotated[str, Field(alias="sub")]
    session: Annotated[str, Field(alias="sid")]
    action: Action
    resource: Annotated[str, Field(alias="aud")]
    until_s: Annotated[int, Field(alias="exp")]
    start_s: int | None = None
    end_s: int | None = None
    cameras: Annotated[tuple[CameraPath, ...], Field(max_length=MOST_CAMERAS)] = ()
    issued_ms: int = 0
    right_until_s: int = 0


_TICKET = TypeAdapter(Ticket)


class TicketSigner:
    """Makes tickets. Only control_room has one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key
        self._sealed = Sealed(key, _HEADER)

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
        return self._sealed.token(_TICKET.dump_json(ticket, by_alias=True))


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
        payload = opened(self.key, _HEADER, token, "ticket", _MAX_TOKEN_CHARS)
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
