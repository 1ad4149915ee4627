"""Leases, by which control_room says again and again which rights still hold; see ADR 29.

A lease names the sessions that live, the cameras that may be shown, the instants at which rights to a camera
ended, and the communes that may publish on the tap. mux and storage keep the newest lease and close what it
does not confirm. Without a lease for LEASE_S they close everything but recording, which cannot be made good
(see `storage.recording.publishers`). A lost lease needs no repair, because the next one says everything
again. A lease travels as a JWS of a type of its own (`shared.jws`), signed with the key of the tickets.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from shared.clock import Clock
from shared.errors import TicketRefused, Unavailable
from shared.jws import Sealed, header_of, opened
from shared.messages.storage import Publishers
from shared.reasons import why
from shared.tickets import SHOWING, Action, CameraPath, Ticket

EVERY_S = 1.0
"""How often control_room gives a lease, besides at once when a right ends."""
LEASE_S = 10.0
"""How long a lease holds: what a restart of control_room may take before pictures end."""
MOST_CLOCKS_DIFFER_S = 300
"""A lease further from our clock is not believed: who has kept an old one cannot play it to us."""
MAX_LEASE_CHARS = 2 << 20
"""Room for some 40,000 cameras and as many sessions."""

_HEADER = header_of("beffroi-lease+jws")
_LIVE = frozenset({Action.LIVE, Action.WALL})
_ONE_STREAM = frozenset({Action.LIVE, Action.PLAYBACK})


@dataclass(frozen=True, slots=True)
class Revocation:
    """Rights to a camera ended at `at_ms`: tickets given before that open it to nobody. It may be shown again
    with newer ones, where `Lease.cameras` has it or where recordings outlive the right to watch."""

    camera: CameraPath
    at_ms: int


@dataclass(frozen=True, slots=True)
class Lease:
    """What holds at `at_ms` (UTC milliseconds since 1970, before it was looked up).

    `sessions` are those that live, each with its end in UTC seconds; `cameras` those that may be watched
    live; `revoked` the ends of rights to a camera for longer than any ticket lives; `publishers` the communes
    of which some worker has a credential that was not taken back, None from a
    control_room that does not say it; `ended_keys` as `Publishers` has it.
    """

    at_ms: int
    sessions: dict[str, int]
    cameras: frozenset[CameraPath]
    revoked: tuple[Revocation, ...] = ()
    publishers: frozenset[str] | None = None
    ended_keys: dict[str, frozenset[str]] = field(default_factory=dict)


class Ended(StrEnum):
    """Why a right holds no more."""

    UNCONFIRMED = "unconfirmed"
    SESSION = "session"
    EXPIRED = "expired"
    CAMERA = "camera"


_LEASE = TypeAdapter(Lease)
_WHY = {
    Ended.SESSION: why("right-session-ended", "the session this ticket was given in has ended"),
    Ended.EXPIRED: why("right-session-expired", "the session this ticket was given in has expired"),
    Ended.CAMERA: why("right-camera-ended", "the right to this camera has ended since the ticket was given"),
}


class LeaseSigner:
    """Makes leases. Only control_room has one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._sealed = Sealed(key, _HEADER)

    def sign(self, lease: Lease) -> str:
        """The token of a lease."""
        return self._sealed.token(_LEASE.dump_json(lease))


@dataclass(slots=True)
class _Kept:
    """The newest lease, when it came, and its revocations by camera."""

    lease: Lease
    heard_ns: int
    revoked: dict[str, int] = field(default_factory=dict)
    publishers: Publishers | None = None


class Leases:
    """The newest lease of a service, and what it says of a ticket. Nothing holds before the first."""

    def __init__(self, key: Ed25519PublicKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._kept: _Kept | None = None

    def take(self, token: str) -> bool:
        """Keep a lease; whether it ends anything that the one before allowed, or begins to hold anew.

        Raises TicketRefused for one that is forged, or older than what is kept, or far from our clock.
        """
        payload = opened(self._key, _HEADER, token, "lease", MAX_LEASE_CHARS)
        try:
            lease = _LEASE.validate_json(payload)
        except ValidationError as error:
            raise TicketRefused(why("ticket-malformed", "the lease is malformed")) from error
        if abs(lease.at_ms - self._clock.utc_ns() // 1_000_000) > MOST_CLOCKS_DIFFER_S * 1000:
            raise TicketRefused(
                why("lease-not-of-now", "the lease is not of now: the clocks of the services differ")
            )
        before = self._kept if self.confirmed else None
        # Once nothing is confirmed any more, an older one is believed: control_room's clock was set back.
        if before is not None and lease.at_ms < before.lease.at_ms:
            raise TicketRefused(why("lease-older", "the lease is older than the one before"))
        revoked: dict[str, int] = {}
        for one in lease.revoked:
            revoked[one.camera] = max(one.at_ms, revoked.get(one.camera, 0))
        publishers = None if lease.publishers is None else Publishers(lease.publishers, lease.ended_keys)
        self._kept = _Kept(lease, self._clock.monotonic_ns(), revoked, publishers)
        return before is None or bool(
            before.lease.sessions.keys() - lease.sessions.keys()
            or before.lease.cameras - lease.cameras
            or before.revoked != revoked
        )

    @property
    def confirmed(self) -> bool:
        """Whether control_room has been heard lately enough."""
        kept = self._kept
        return kept is not None and self._clock.monotonic_ns() - kept.heard_ns < LEASE_S * 1e9

    def publishes(self, commune: str, key: str) -> bool:
        """Whether a commune's worker may publish with a public key: not while nobody confirms it."""
        if not self.confirmed:
            return False
        publishers = self.publishers
        return publishers is None or publishers.take(commune, key)

    @property
    def publishers(self) -> Publishers | None:
        """Whom the newest lease, however old, lets publish; None where none has said it."""
        return None if self._kept is None else self._kept.publishers

    def ended(self, ticket: Ticket) -> Ended | None:
        """Why what a ticket opened must end, or None while it may go on.

        Only actions that show images rest on a lease. Of a wall only the session is judged here: each of its
        cameras is another matter, see `camera_ended`.
        """
        if ticket.action not in SHOWING:
            return None
        kept = self._kept
        if kept is None or not self.confirmed:
            return Ended.UNCONFIRMED
        now_s = self._clock.utc_ns() / 1e9
        until_s = kept.lease.sessions.get(ticket.session)
        # Of a session that began after the lease the ticket itself is the proof, until the next lease.
        if until_s is None and ticket.issued_ms < kept.lease.at_ms:
            return Ended.SESSION
        if 0 < (until_s or 0) <= now_s or 0 < ticket.right_until_s <= now_s:
            return Ended.EXPIRED
        # Only a ticket for one stream is for one camera.
        if ticket.action in _ONE_STREAM and self.camera_ended(ticket, ticket.resource.rpartition("/")[0]):
            return Ended.CAMERA
        return None

    def camera_ended(self, ticket: Ticket, path: str) -> bool:
        """Whether a ticket opens the camera `commune/camera` no more."""
        kept = self._kept
        if kept is None:
            return True
        if ticket.issued_ms < kept.revoked.get(path, 0):
            return True
        return (
            ticket.action in _LIVE and path not in kept.lease.cameras and ticket.issued_ms < kept.lease.at_ms
        )

    def admit(self, ticket: Ticket) -> None:
        """Return while what a ticket is for may begin.

        Raises TicketRefused where its right has ended, Unavailable where control_room is not heard.
        """
        ended = self.ended(ticket)
        if ended is Ended.UNCONFIRMED:
            raise Unavailable(
                why(
                    "rights-unconfirmed",
                    "the control room does not confirm who may see what: try again in a moment",
                )
            )
        if ended is not None:
            raise TicketRefused(_WHY[ended])
