"""The status port of a service: `/healthz` for supervisors, `/metrics` for Prometheus. GET only, no keys."""

import asyncio
import json
import os
import socket
from collections.abc import Callable

from shared import metrics
from shared.errors import Unavailable

_REQUEST_TIMEOUT_S = 5.0
_MAX_HEAD_BYTES = 16_384
_MOST_CONNECTIONS = 64


class StatusPort:
    """A listener that answers each connection once. `health` says what is wrong, by name; empty is well.

    A connection lives `timeout_s` at most; of more than 64 the further ones are closed at once.
    """

    def __init__(
        self, name: str, health: Callable[[], dict[str, str]], *, timeout_s: float = _REQUEST_TIMEOUT_S
    ) -> None:
        self._timeout_s = timeout_s
        self._open = 0
        self._name = name
        self._health = health
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen. Raises Unavailable, in one sentence, when the address cannot be had."""
        try:
            self._server = await asyncio.start_server(self._answer, host, port, limit=_MAX_HEAD_BYTES)
        except (OSError, OverflowError) as error:
            raise cannot_listen(f"{self._name} cannot open its status port", host, port, error) from error

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._open += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                # The whole head: closing with some of it unread would reset the connection instead.
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(head.split(b"\r\n", 1)[0]))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Closing waits for a peer that takes nothing.
            writer.transport.abort()
        finally:
            self._open -= 1

    def _response(self, request_line: bytes) -> bytes:
        parts = request_line.split()
        method, path = (parts[0], parts[1].split(b"?")[0]) if len(parts) >= 2 else (b"", b"")
        if method != b"GET":
            return _http(b"405 Method Not Allowed", b"text/plain", b"GET only\n")
        if path == b"/metrics":
            return _http(b"200 OK", metrics.CONTENT_TYPE.encode(), metrics.render())
        if path == b"/healthz":
            wrong = self._health()
            body = json.dumps({"service": self._name, "ok": not wrong, "wrong": wrong}, ensure_ascii=False)
            status = b"503 Service Unavailable" if wrong else b"200 OK"
            return _http(status, b"application/json", body.encode())
        return _http(b"404 Not Found", b"text/plain", b"/healthz or /metrics\n")


def _http(status: bytes, content_type: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, content_type, len(body)) + body


def cannot_listen(sentence: str, host: str, port: int, error: OSError | OverflowError) -> Unavailable:
    """`sentence` completed with the address and the system's reason in words, without its wrapping."""
    if isinstance(error, OverflowError):
        reason = "there is no such port"
    elif isinstance(error, socket.gaierror) or not error.errno:
        reason = str(error.strerror or error)
    else:
        reason = os.strerror(error.errno)
    return Unavailable(f"{sentence} {host}:{port}: {reason}")
