"""Requests enter one at a time: a crowd of them must not hold up the pictures of viewers who are here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from shared.door import App, Message
from shared.errors import TooManyRequests, problem

MOST_WAITING = 2000
LEASE_PATH = "/lease"
_RETRY_AFTER_S = 2

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Turnstile:
    """An ASGI application that lets one request a turn of the event loop into another.

    Answering a request takes some milliseconds of a single turn; between two turns the loop looks for
    pictures. A request that finds `most_waiting` others before it is refused at once. A lease waits for
    nobody: no crowd keeps rights from ending, nor ends them.
    """

    def __init__(self, inner: App, most_waiting: int = MOST_WAITING) -> None:
        self._inner = inner
        self._most_waiting = most_waiting
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._running = False
        self.refused = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("path") != LEASE_PATH:
            if len(self._waiting) >= self._most_waiting:
                self.refused += 1
                await _refuse(send)
                return
            await self._turn()
        await self._inner(scope, receive, send)

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if not self._running:
            self._running = True
            self._let_in()
        await turn

    def _let_in(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            # Whoever hung up while waiting needs no turn.
            if not turn.done():
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._let_in)
                return
        self._running = False


async def _refuse(send: Send) -> None:
    rendered = problem(TooManyRequests("too many requests wait at this server: try again", _RETRY_AFTER_S))
    headers = [(name.encode(), value.encode()) for name, value in rendered.headers.items()]
    await send({"type": "http.response.start", "status": rendered.status, "headers": headers})
    await send({"type": "http.response.body", "body": rendered.body})
