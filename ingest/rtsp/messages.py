"""RTSP/1.0 messages (RFC 2326): text in, text out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_HEAD_BYTES = 16 << 10
MAX_BODY_BYTES = 64 << 10
"""A camera's longest description is a few kilobytes; more is a fault or an attack."""

_MAX_HEADERS = 100
_VERSION = "RTSP/"
_SDP_LINE = re.compile(rb"[a-z]=[^\r\n]*\r?\n")

Header = tuple[str, str]


class BadMessage(ValueError):
    """Bytes that are no RTSP message."""


@dataclass(frozen=True, slots=True)
class Message:
    """What requests and responses share; header names are in lower case, in the order they came."""

    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of a name (in lower case), empty where there is none."""
        return next((value for known, value in self.headers if known == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for known, value in self.headers if known == name)


@dataclass(frozen=True, slots=True)
class Request(Message):
    method: str
    uri: str


@dataclass(frozen=True, slots=True)
class Response(Message):
    status: int

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def head_end(data: bytes | bytearray, start: int, end: int) -> int:
    """Where the head that begins at `start` ends, its empty line included; -1 while it is not all there.

    Lines end with CR LF; some cameras send LF alone (section 4 lets receivers take it).
    """
    strict = data.find(b"\r\n\r\n", start, end)
    loose = data.find(b"\n\n", start, end if strict < 0 else strict)
    if loose >= 0:
        return loose + 2
    return strict + 4 if strict >= 0 else -1


def body_length(head: bytes) -> int | None:
    """The Content-Length of a head, None where it has none. Raises BadMessage on nonsense or too much."""
    _, headers = _lines(head)
    text = next((value for name, value in headers if name == "content-length"), None)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > MAX_BODY_BYTES:
        raise BadMessage("a body without a sensible length")
    return int(text)


def describes(head: bytes) -> bool:
    """Whether a head is that of a successful answer with a description (SDP) behind it."""
    first, headers = _lines(head)
    kinds = (value.lower() for name, value in headers if name == "content-type")
    return first.startswith(_VERSION) and " 2" in first and any("application/sdp" in kind for kind in kinds)


def untold_length(data: bytes, *, quiet: bool) -> int | None:
    """The length of a description whose answer tells none: as long as lines of SDP come (RFC 8866).

    None while more may come: a line of another form ends it, and so does a camera that is `quiet`.
    Raises BadMessage where it is longer than may be.
    """
    size = 0
    for line in _SDP_LINE.finditer(data):
        if line.start() != size:
            break
        size = line.end()
    if size > MAX_BODY_BYTES:
        raise BadMessage("a description without an end")
    rest = data[size : size + 2]
    begun = not rest or (rest[:1].isalpha() and rest[:1].islower() and rest[1:] in (b"", b"="))
    return size if quiet or not begun else None


def parse(head: bytes, body: bytes = b"") -> Request | Response:
    """The message of a head (up to and with its empty line) and a body. Raises BadMessage."""
    first, headers = _lines(head)
    words = first.split(None, 2)
    if len(words) >= 2 and words[0].startswith(_VERSION):
        if not (words[1].isascii() and words[1].isdigit() and len(words[1]) == 3):
            raise BadMessage("a status line without a status")
        return Response(headers, body, int(words[1]))
    if len(words) == 3 and words[2].startswith(_VERSION):
        return Request(headers, body, words[0], words[1])
    raise BadMessage("neither a status line nor a request line")


def request(method: str, uri: str, headers: Sequence[Header]) -> bytes:
    """A request without a body. Values must not contain line ends."""
    return _text(f"{method} {uri} RTSP/1.0", headers)


def response(status: int, reason: str, headers: Sequence[Header]) -> bytes:
    """A response without a body."""
    return _text(f"RTSP/1.0 {status} {reason}", headers)


def _text(first: str, headers: Sequence[Header]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if any("\r" in line or "\n" in line for line in lines):
        raise BadMessage("a line end inside a line")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _lines(head: bytes) -> tuple[str, tuple[Header, ...]]:
    first, *lines = head.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) > _MAX_HEADERS:
        raise BadMessage("too many headers")
    headers: list[Header] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        # A line without a colon says nothing; cameras that print one are understood without it.
        if colon:
            headers.append((name.strip().lower(), value.strip().replace("\r", "")))
    return first.strip().replace("\r", ""), tuple(headers)
