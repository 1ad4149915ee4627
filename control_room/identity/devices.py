"""Knows the browsers in which somebody has signed in before, by a signed cookie for each login.

The cookie opens nothing. Guesses made elsewhere do not slow a browser that has one, and its own guesses slow
nobody else.
"""

from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest

from control_room.model.names import Names
from shared.clock import Clock

LIFE_S = 180 * 86_400
_MAX_CHARS = 200
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Device:
    """A browser known for one login. `id` is random and tells nothing."""

    id: str


class Devices:
    """Makes and reads the cookies. `secret` is any key of the installation: theirs is derived from it."""

    def __init__(self, secret: str, clock: Clock, names: Names) -> None:
        self._key = digest(secret.encode(), b"beffroi device cookies", sha256)
        self._clock = clock
        self._names = names

    def cookie_name(self, login: str) -> str:
        """The name of the cookie for a login, without telling which."""
        return f"beffroi_device_{self._mac('name', login)[:16]}"

    def new(self, login: str, before: Device | None) -> str:
        """The value of the cookie for a browser that has signed in, `before` being what it was known as."""
        device = before.id if before is not None else self._names.token()[:32]
        until_s = self._clock.utc_ns() // _NANOSECONDS + LIFE_S
        return f"{device}.{until_s}.{self._mac(login, device, str(until_s))}"

    def read(self, login: str, value: str | None) -> Device | None:
        """The browser a cookie names, None where it is forged, another login's or too old."""
        parts = value.split(".") if value and len(value) <= _MAX_CHARS and value.isascii() else []
        if len(parts) != 3 or not compare_digest(parts[2], self._mac(login, parts[0], parts[1])):
            return None
        return Device(parts[0]) if self._clock.utc_ns() < int(parts[1]) * _NANOSECONDS else None

    def _mac(self, *parts: str) -> str:
        return digest(self._key, "\0".join(parts).encode(), sha256).hex()
