"""The worker's own door to the cards: two questions, to whoever has the secret, and to nobody else.

Footage goes out as fast as its reader takes it, and ends with him.
"""

import asyncio
import hmac
from collections.abc import Coroutine
from contextlib import aclosing
from urllib.parse import parse_qs

from ingest.onvif.cards import Cards
from shared.cards import FOOTAGE_TYPE, MOST_ASKED_NS, MOST_SPAN_NS, encoded
from shared.door import Message, Receive, Send
from shared.errors import BadInput, BeffroiError, MethodNotAllowed, NotFound, Unauthenticated, problem
from shared.ids import StreamId
from shared.messages.codec import encode
from shared.spans import Span

_PREFIX, _FOOTAGE = "/cards/", "/footage"
_BEARER = b"bearer "
_MOST_DIGITS = 19
_MOST_FIELDS = 8


class CardDoor:
    """An ASGI application."""

    def __init__(self, cards: Cards, secret: str) -> None:
        self._cards, self._secret = cards, secret.encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            # The secret first: who has none learns nothing, not even which cameras there are.
            self._let_in(scope)
            if scope["method"] != "GET":
                raise MethodNotAllowed("GET only")
            path = str(scope["path"])
            if not path.startswith(_PREFIX):
                raise NotFound("cards are at /cards/")
            stream = StreamId.parse(path.removeprefix(_PREFIX).removesuffix(_FOOTAGE))
            query = _query(scope)
            if path.endswith(_FOOTAGE):
                span = _span(query, MOST_SPAN_NS)
                await _until_gone(self._footage(stream, span, send), receive)
            else:
                recorded = await self._cards.recorded(stream, _span(query, MOST_ASKED_NS))
                await _whole(send, 200, b"application/json", encode(recorded))
        except BeffroiError as error:
            made = problem(error)
            headers = [(name.encode(), value.encode()) for name, value in made.headers.items()]
            await send({"type": "http.response.start", "status": made.status, "headers": headers})
            await send({"type": "http.response.body", "body": made.body})

    async def _footage(self, stream: StreamId, span: Span, send: Send) -> None:
        async with aclosing(self._cards.footage(stream, span)) as items:
            # What is refused is refused with a status: nothing is said before the first item is there.
            first = await anext(items)
            headers = [(b"content-type", FOOTAGE_TYPE.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": encoded(first), "more_body": True})
            async for item in items:
                await send({"type": "http.response.body", "body": encoded(item), "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _let_in(self, scope: Message) -> None:
        headers = scope["headers"]
        assert isinstance(headers, list | tuple)
        given = next((value for name, value in headers if name.lower() == b"authorization"), b"")
        secret = given[len(_BEARER) :] if given[: len(_BEARER)].lower() == _BEARER else b""
        if not hmac.compare_digest(secret, self._secret):
            raise Unauthenticated("cards are for those who have the secret of this worker")


async def _until_gone(answering: Coroutine[None, None, None], receive: Receive) -> None:
    """Answer until that is done, or its reader has gone. Raises what answering raises."""
    loop = asyncio.get_running_loop()
    task, gone = loop.create_task(answering), loop.create_task(_gone(receive))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _whole(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _span(query: dict[str, list[str]], most_ns: int) -> Span:
    ends = [query.get(name, [""])[0] for name in ("from", "to")]
    if not all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in ends):
        raise BadInput("from and to are UTC in nanoseconds since 1970", "from")
    span = Span(int(ends[0]), int(ends[1]))
    if not 0 < span.length_ns <= most_ns:
        raise BadInput(f"from and to are up to {most_ns // 1_000_000_000} s apart", "to")
    return span


def _query(scope: Message) -> dict[str, list[str]]:
    given = scope.get("query_string")
    try:
        return parse_qs(
            given.decode("latin-1") if isinstance(given, bytes) else "", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise BadInput(f"the query has more than {_MOST_FIELDS} fields") from None
