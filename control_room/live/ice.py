"""ICE servers for browsers, with TURN credentials that end by themselves.

The scheme is that of "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest-00), which
coturn knows as `use-auth-secret`: the user name is `expiry:name`, the password base64(HMAC-SHA1(secret,
user name)).
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from shared.clock import Clock

# An ICE restart allocates anew with the credentials the connection was made with.
TURN_S = 3600
_NAME_CHARS = 16
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class IceServer:
    """One RTCIceServer (W3C WebRTC 4.2.2)."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = field(default="", repr=False)


class IceServers:
    """`secret` is shared with the TURN servers; without TURN URLs it is not used."""

    def __init__(self, stun: Sequence[str], turn: Sequence[str], secret: str, clock: Clock) -> None:
        self._stun = tuple(stun)
        self._turn = tuple(turn)
        self._secret = secret.encode()
        self._clock = clock

    def of(self, person: str) -> tuple[IceServer, ...]:
        """The servers for one person, whom the TURN server knows by a pseudonym only."""
        servers = [IceServer(self._stun)] if self._stun else []
        if self._turn:
            expiry_s = self._clock.utc_ns() // _SECOND_NS + TURN_S
            name = sha256(b"turn:" + person.encode()).hexdigest()[:_NAME_CHARS]
            username = f"{expiry_s}:{name}"
            password = b64encode(hmac.digest(self._secret, username.encode(), "sha1")).decode()
            servers.append(IceServer(self._turn, username, password))
        return tuple(servers)
