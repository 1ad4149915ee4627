"""Signing in: digest (RFC 7616, RFC 2617), and Basic (RFC 7617) where nothing better is offered."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

_PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_SCHEME = re.compile(r"(?:^|,)\s*(digest|basic)(?=\s|$)", re.IGNORECASE)


class Strength(IntEnum):
    """How well a scheme guards the password; the best that is offered is used."""

    BASIC = 0
    MD5 = 1
    SHA256 = 2


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a camera asks for in a WWW-Authenticate header."""

    strength: Strength
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: str = ""
    qop: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.username or self.password)


def best_challenge(headers: Iterable[str]) -> Challenge | None:
    """The strongest challenge that can be answered, of all headers; None where there is none."""
    found = [challenge for header in headers for challenge in _challenges(header)]
    return max(found, key=lambda challenge: challenge.strength, default=None)


class Answers:
    """Answers one challenge, request after request, counting them as the camera does."""

    def __init__(self, challenge: Challenge, credentials: Credentials, cnonce: Callable[[], str]) -> None:
        self.challenge = challenge
        self._credentials = credentials
        self._cnonce = cnonce()
        self._count = 0

    def authorization(self, method: str, uri: str) -> str:
        """The Authorization header of a request without a body."""
        known, asked = self._credentials, self.challenge
        if asked.strength is Strength.BASIC:
            plain = f"{known.username}:{known.password}".encode()
            return "Basic " + base64.b64encode(plain).decode()
        self._count += 1
        count = f"{self._count:08x}"
        parts = [
            f"username={_quoted(known.username)}",
            f"realm={_quoted(asked.realm)}",
            f"nonce={_quoted(asked.nonce)}",
            f"uri={_quoted(uri)}",
            f'response="{self._response(method, uri, count)}"',
        ]
        if asked.algorithm:
            parts.append(f"algorithm={asked.algorithm}")
        if asked.opaque is not None:
            parts.append(f"opaque={_quoted(asked.opaque)}")
        if asked.qop:
            parts += [f"qop={asked.qop}", f"nc={count}"]
        if asked.qop or self._session_key:
            parts.append(f'cnonce="{self._cnonce}"')
        return "Digest " + ", ".join(parts)

    @property
    def _session_key(self) -> bool:
        return self.challenge.algorithm.lower().endswith("-sess")

    def _response(self, method: str, uri: str, count: str) -> str:
        asked = self.challenge
        secret = self._hash(f"{self._credentials.username}:{asked.realm}:{self._credentials.password}")
        if self._session_key:
            secret = self._hash(f"{secret}:{asked.nonce}:{self._cnonce}")
        target = f"{method}:{uri}"
        if asked.qop == "auth-int":
            target += ":" + self._hash("")
        middle = f"{count}:{self._cnonce}:{asked.qop}:" if asked.qop else ""
        return self._hash(f"{secret}:{asked.nonce}:{middle}{self._hash(target)}")

    def _hash(self, text: str) -> str:
        data = text.encode()
        if self.challenge.strength is Strength.SHA256:
            return hashlib.sha256(data).hexdigest()
        return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _challenges(header: str) -> list[Challenge]:
    """One header may hold several challenges (RFC 7235, section 4.1)."""
    # Commas and scheme names inside quotes are not borders.
    masked = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: "q" * len(quoted[0]), header)
    starts = list(_SCHEME.finditer(masked))
    found = []
    for index, start in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(header)
        challenge = _challenge(start[1].lower(), header[start.end() : end])
        if challenge is not None:
            found.append(challenge)
    return found


def _challenge(scheme: str, text: str) -> Challenge | None:
    given = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
        for name, quoted, plain in _PARAMETER.findall(text)
    }
    realm = given.get("realm", "")
    if scheme == "basic":
        return Challenge(Strength.BASIC, realm)
    algorithm = given.get("algorithm", "")
    strength = {"": Strength.MD5, "md5": Strength.MD5, "sha-256": Strength.SHA256}.get(
        algorithm.lower().removesuffix("-sess")
    )
    if strength is None or "nonce" not in given:
        return None
    offered = {word.strip().lower() for word in given.get("qop", "").split(",")}
    qop = "auth" if "auth" in offered else "auth-int" if "auth-int" in offered else ""
    stale = given.get("stale", "").lower() == "true"
    return Challenge(strength, realm, given["nonce"], given.get("opaque"), algorithm, qop, stale)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
