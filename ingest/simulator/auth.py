"""Asking for a name and a password, as cameras do: digest (RFC 7616, RFC 2617) and Basic (RFC 7617)."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import Enum, StrEnum

from ingest.simulator.rtsp import Request

REALM = "simulated camera"
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class Scheme(StrEnum):
    """What a camera offers."""

    MD5 = "MD5"
    SHA256 = "SHA-256"
    MD5_QOP = "MD5 with qop"
    BASIC = "Basic"


class Verdict(Enum):
    """What a camera thinks of a request's credentials."""

    MISSING = "none given"
    RIGHT = "right"
    STALE = "right, for a nonce that is no more"
    WRONG = "wrong"


@dataclass(slots=True)
class Door:
    """Checks the requests of one connection. After `nonce_uses` right ones the nonce is another; 0: never.

    `nonce` is the first one, where it is not of this connection alone.
    """

    username: str
    password: str
    schemes: tuple[Scheme, ...] = (Scheme.MD5,)
    nonce_uses: int = 0
    nonce: str = ""
    _nonce: str = ""
    _old: str = ""
    _uses: int = 0
    _counts: int = 0

    def __post_init__(self) -> None:
        self._nonce = self.nonce or secrets.token_hex(16)

    def challenges(self, *, stale: bool = False) -> list[str]:
        """The values of the WWW-Authenticate headers."""
        return [self._challenge(scheme, stale) for scheme in self.schemes]

    def judge(self, request: Request) -> Verdict:
        """What the request's Authorization header proves."""
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if not kind:
            return Verdict.MISSING
        if kind.lower() == "basic":
            return self._judge_basic(rest)
        given = {name: quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
        nonce = given.get("nonce", "")
        if kind.lower() != "digest" or not nonce or nonce not in (self._nonce, self._old):
            return Verdict.WRONG
        if given.get("username") != self.username or not self._proves(given, request.method, nonce):
            return Verdict.WRONG
        return Verdict.STALE if nonce == self._old else self._used()

    def _used(self) -> Verdict:
        self._uses += 1
        if self.nonce_uses and self._uses >= self.nonce_uses:
            self._old, self._nonce = self._nonce, secrets.token_hex(16)
            self._uses = self._counts = 0
        return Verdict.RIGHT

    def _challenge(self, scheme: Scheme, stale: bool) -> str:
        if scheme is Scheme.BASIC:
            return f'Basic realm="{REALM}"'
        algorithm = "SHA-256" if scheme is Scheme.SHA256 else "MD5"
        text = f'Digest realm="{REALM}", nonce="{self._nonce}", algorithm={algorithm}'
        if scheme is Scheme.MD5_QOP:
            text += ', qop="auth", opaque="5ccc069c"'
        return text + (", stale=true" if stale else "")

    def _judge_basic(self, rest: str) -> Verdict:
        if Scheme.BASIC not in self.schemes:
            return Verdict.WRONG
        expected = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return Verdict.RIGHT if secrets.compare_digest(rest.strip(), expected) else Verdict.WRONG

    def _proves(self, given: dict[str, str], method: str, nonce: str) -> bool:
        algorithm = given.get("algorithm", "MD5").upper()
        asked = {"SHA-256": (Scheme.SHA256,), "MD5": (Scheme.MD5, Scheme.MD5_QOP)}.get(algorithm, ())
        scheme = next((scheme for scheme in asked if scheme in self.schemes), None)
        if scheme is None:
            return False
        first = _hash(algorithm, f"{self.username}:{REALM}:{self.password}")
        second = _hash(algorithm, f"{method}:{given.get('uri', '')}")
        middle = nonce
        if scheme is Scheme.MD5_QOP:
            count = given.get("nc", "")
            if given.get("qop") != "auth" or not given.get("cnonce") or not self._counted(count):
                return False
            middle = f"{nonce}:{count}:{given['cnonce']}:auth"
        return secrets.compare_digest(
            given.get("response", ""), _hash(algorithm, f"{first}:{middle}:{second}")
        )

    def _counted(self, text: str) -> bool:
        """Whether a nonce count is a new one: a count seen before is a replay (RFC 7616, section 3.4.6)."""
        try:
            count = int(text, 16)
        except ValueError:
            return False
        fresh = len(text) == 8 and count > self._counts
        self._counts = max(self._counts, count)
        return fresh


def _hash(algorithm: str, text: str) -> str:
    if algorithm == "SHA-256":
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
