"""RTSP/1.0 messages (RFC 2326) and digest authentication (RFC 7616, MD5 as cameras use it)."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_HEADERS = 64
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request; header names are in lower case."""

    method: str
    uri: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """What comes after the host, without leading or trailing slash."""
        rest = self.uri.split("://", 1)[-1]
        return rest.partition("/")[2].strip("/")


def parse_request(head: bytes) -> Request:
    """The request of a block of lines up to the empty one. Raises ValueError where it is none."""
    first, *lines = head.decode("latin-1").strip("\r\n").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] != "RTSP/1.0":
        raise ValueError("not an RTSP/1.0 request line")
    if len(lines) > _MAX_HEADERS:
        raise ValueError("too many headers")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("header without a colon")
        headers[name.strip().lower()] = value.strip()
    return Request(parts[0], parts[1], headers)


def response(
    status: int, request: Request | None, headers: Sequence[tuple[str, str]] = (), body: str = ""
) -> bytes:
    """A response to `request`, with its CSeq."""
    lines = [f"RTSP/1.0 {status} {REASONS[status]}"]
    if request is not None and "cseq" in request.headers:
        lines.append(f"CSeq: {request.headers['cseq']}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Digest:
    """Asks for a name and a password, and checks the answer."""

    realm = "simulated camera"

    def __init__(self, username: str, password: str) -> None:
        self._username, self._password = username, password
        self._nonce = secrets.token_hex(16)

    @property
    def challenge(self) -> str:
        return f'Digest realm="{self.realm}", nonce="{self._nonce}", algorithm=MD5'

    def accepts(self, request: Request) -> bool:
        """Whether the request's Authorization header proves the password."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "digest":
            return False
        given = {name: quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
        if given.get("username") != self._username or given.get("nonce") != self._nonce:
            return False
        first = _md5(f"{self._username}:{self.realm}:{self._password}")
        second = _md5(f"{request.method}:{given.get('uri', '')}")
        return secrets.compare_digest(given.get("response", ""), _md5(f"{first}:{self._nonce}:{second}"))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
