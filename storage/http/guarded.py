"""Every answer of storage leaves through here: one that carries images is cut off when its right ends.

`TicketGuard` says with `last_while` how long the right behind an answer lasts. It is asked before each part
of the body, and by the clock, since a reader who is slow, or stands still, must lose its right as well. A
body that is cut off is never ended in good form: it must not look whole.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, runtime_checkable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.door import SERVER_SEND
from shared.errors import TicketRefused, problem
from shared.reasons import why

LOOK_EVERY_S = 0.25
_RIGHT = "beffroi.right"
_IMAGES = ("video/", "image/", "audio/", "application/zip", "application/mp4", "application/octet-stream")
# The kernel takes megabytes ahead of a slow reader, and what is whole in there ends in good form: less, then.
# A reader 50 ms away still gets 5 MB a second.
_SENT_AHEAD_BYTES = 128 << 10
# On, for no time: what the kernel has not sent yet is thrown away with the connection (RST, RFC 9293).
_NO_LINGER = struct.pack("ii", 1, 0)


def last_while(scope: Scope, allowed: Callable[[], bool]) -> None:
    """Let the answer to this request last only while it is `allowed`; where this is said twice, by both."""
    right: _Right = scope[_RIGHT]
    right.conditions.append(allowed)


class _Right:
    """What an answer rests on, and how far it has come."""

    def __init__(self) -> None:
        self.conditions: list[Callable[[], bool]] = []
        self.started = False
        self.lost = asyncio.Event()

    @property
    def over(self) -> bool:
        return not all(allowed() for allowed in self.conditions)


class Guarded:
    """An ASGI application whose answers end with their right; `cut` counts those that did.

    The connection to be cut off is found behind the server's `send`, which `shared.door` puts into the scope.
    """

    def __init__(self, app: ASGIApp, cut: Callable[[], None]) -> None:
        self._app = app
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        right = _Right()
        scope[_RIGHT] = right
        transport = _transport(scope.get(SERVER_SEND, send))
        answering = asyncio.ensure_future(self._app(scope, receive, _sending(right, transport, send)))
        lost = asyncio.ensure_future(right.lost.wait())
        try:
            while not answering.done() and not lost.done():
                await asyncio.wait((answering, lost), timeout=LOOK_EVERY_S, return_when="FIRST_COMPLETED")
                if right.over:
                    right.lost.set()
                    break
        finally:
            lost.cancel()
            if not answering.done():
                answering.cancel()
                with suppress(asyncio.CancelledError):
                    await answering
        if answering.cancelled():
            self._cut()
            await _cut_off(right, scope, transport, send)
        else:
            answering.result()


def _sending(right: _Right, transport: "_Transport | None", send: Send) -> Send:
    async def checked(message: Message) -> None:
        if message["type"] == "http.response.start" and not right.conditions and _carries_images(message):
            raise AssertionError("images would leave without a right: admit a ticket at the guard first")
        if right.over:
            right.lost.set()
            # Whoever answers is cancelled here, and closes what it has open.
            await asyncio.get_running_loop().create_future()
        if not right.started and right.conditions and transport is not None:
            _set(transport, socket.SO_SNDBUF, _SENT_AHEAD_BYTES)
        right.started = True
        await send(message)

    return checked


def _carries_images(start: Message) -> bool:
    headers: dict[bytes, bytes] = dict(start.get("headers", ()))
    media_type = headers.get(b"content-type", b"").decode("latin-1")
    return 200 <= int(start["status"]) < 300 and media_type.startswith(_IMAGES)


@runtime_checkable
class _Transport(Protocol):
    """asyncio's and uvloop's have no other kinship."""

    def abort(self) -> None: ...

    def get_extra_info(self, name: str) -> object: ...


def _transport(send: Send) -> _Transport | None:
    """What is behind the server's `send`, where there is a connection at all."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if isinstance(transport, _Transport) else None


def _set(transport: _Transport, option: int, value: int | bytes) -> None:
    """Set an option of the connection's socket; one that is gone needs none."""
    behind = transport.get_extra_info("socket")
    fileno = getattr(behind, "fileno", None)
    if fileno is None or fileno() < 0:
        return
    # uvloop shows its sockets without letting anybody set them.
    with socket.socket(fileno=os.dup(fileno())) as connection:
        connection.setsockopt(socket.SOL_SOCKET, option, value)


async def _cut_off(right: _Right, scope: Scope, transport: _Transport | None, send: Send) -> None:
    if not right.started:
        said = problem(
            TicketRefused(why("right-ended", "the right that this ticket stands for has ended")),
            scope["path"],
        )
        headers = [(name.lower().encode(), value.encode()) for name, value in said.headers.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": headers})
        await send({"type": "http.response.body", "body": said.body})
        return
    if transport is not None:
        _set(transport, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
        # The server learns of it in the loop's next turn, and has nothing to complain of then.
        await asyncio.sleep(0)
