"""RTSP/1.0 messages (RFC 2326)."""

from collections.abc import Sequence
from dataclasses import dataclass

_MAX_HEADERS = 64

REASONS = {
    200: "OK",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    501: "Not Implemented",
    503: "Service Unavailable",
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


def is_answer(head: bytes) -> bool:
    """Whether a block of lines is an answer to a request of ours."""
    return head.startswith(b"RTSP/1.0 ")


def response(
    status: int, number: str | None, headers: Sequence[tuple[str, str]] = (), body: str = ""
) -> bytes:
    """A response to the request of CSeq `number`."""
    lines = [f"RTSP/1.0 {status} {REASONS[status]}"]
    if number is not None:
        lines.append(f"CSeq: {number}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def asking(method: str, uri: str, number: int) -> bytes:
    """A request of the camera's own."""
    return f"{method} {uri} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode()
