"""What every request passes before an application sees it: its address is sane, its body comes in time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass

from shared.errors import BadInput, BeffroiError, TooLongAddress, TooSlow, problem

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_ADDRESS_BYTES = 24_576
"""Of path and query together: a ticket in a query may have 16 KiB."""

_BODY_S = 30.0
# Answers are about people and places: what may be kept by a browser or a proxy says so itself.
_UNLESS_SAID = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


SERVER_SEND = "beffroi.server_send"


@dataclass(slots=True)
class _Asked:
    """How far one request is."""

    body_is_here: bool
    answered: bool = False


class Door:
    """Wraps an application. A body has `body_s` seconds from its head on; TooSlow is raised in the reader.

    The server's own `send` is in the scope as SERVER_SEND, for code that has to find the connection behind
    it, as `storage.http.guarded` does. Answers get the headers of `_UNLESS_SAID`. A connection whose request
    was answered before its body had come is closed with the answer.
    """

    def __init__(self, app: App, *, body_s: float = _BODY_S) -> None:
        self._app = app
        self._body_s = body_s

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[SERVER_SEND] = send
        asked = _Asked(body_is_here=not _has_body(scope))
        until_s = asyncio.get_running_loop().time() + self._body_s

        async def timely() -> Message:
            if asked.body_is_here:
                return await receive()
            try:
                async with asyncio.timeout_at(until_s):
                    message = await receive()
            except TimeoutError:
                raise TooSlow(f"the body did not come within {self._body_s:g} s") from None
            asked.body_is_here = not message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.answered = True
                message["headers"] = _completed(_headers(message), closing=not asked.body_is_here)
            await send(message)

        try:
            _check_address(scope)
            await self._app(scope, timely, closing)
        except (BadInput, TooLongAddress, TooSlow) as error:
            if asked.answered:
                raise
            await _answer(error, closing)


def _check_address(scope: Message) -> None:
    path, raw, query = scope["path"], scope.get("raw_path"), scope.get("query_string", b"")
    assert isinstance(path, str)
    assert isinstance(query, bytes)
    length = len(raw) if isinstance(raw, bytes) else len(path)
    if length + len(query) > MOST_ADDRESS_BYTES:
        raise TooLongAddress(f"the address is longer than {MOST_ADDRESS_BYTES} bytes")
    if "\0" in path or b"%00" in query or b"\0" in query:
        raise BadInput("the address holds a NUL character")


def _headers(message: Message) -> list[tuple[bytes, bytes]]:
    found = message.get("headers", [])
    assert isinstance(found, list | tuple)
    return list(found)


def _completed(headers: list[tuple[bytes, bytes]], *, closing: bool) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with what it did not say itself."""
    named = {name.lower() for name, _ in headers}
    more = [one for one in _UNLESS_SAID if one[0] not in named]
    return [*headers, *more, *([(b"connection", b"close")] if closing else [])]


def _has_body(scope: Message) -> bool:
    named = {name.lower(): value for name, value in _headers(scope)}
    return b"transfer-encoding" in named or named.get(b"content-length", b"0") != b"0"


async def _answer(error: BeffroiError, send: Send) -> None:
    made = problem(error)
    headers = [(name.encode(), value.encode()) for name, value in made.headers.items()]
    headers.append((b"content-length", str(len(made.body)).encode()))
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    await send({"type": "http.response.body", "body": made.body})
