"""Asks the ingest worker beside the edge for the footage on cameras' cards: only it reaches the cameras."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

import httpx

from shared.cards import CARDS_PATH, FOOTAGE_PATH, CardItem, CardReading, CardRecorded
from shared.errors import BadInput, NotFound, TooManyRequests, Unavailable
from shared.ids import StreamId
from shared.messages.codec import decode
from shared.redact import redact
from shared.spans import Span

_MOST_BYTES = 4 << 20
_MOST_PROBLEM_BYTES = 64 << 10
_MOST_SAID = 300
_AGAIN_S = 60
_ASK_S = 90.0
"""A search of a card takes a while: the worker gives it up to half a minute, twice."""
_READ_S = 60.0


class CardsBeside(Protocol):
    """Who gives the footage of cards, as `CardClient` does. Both raise NotFound where no card is offered,
    TooManyRequests where others are being read, and Unavailable where none can be read now."""

    async def recorded(self, stream: StreamId, span: Span) -> CardRecorded: ...

    def footage(self, stream: StreamId, span: Span) -> AsyncGenerator[CardItem, None]: ...


class CardClient:
    """`client` has the worker's address and shows it the shared secret."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def recorded(self, stream: StreamId, span: Span) -> CardRecorded:
        """What a card says it has of a span. Raises NotFound, TooManyRequests, Unavailable."""
        body = bytearray()
        async with self._answer(CARDS_PATH, stream, span, _ASK_S) as answer:
            async for data in answer.aiter_bytes():
                body += data
                if len(body) > _MOST_BYTES:
                    raise Unavailable("the worker says more of a card than can be")
        try:
            return decode(CardRecorded, bytes(body))
        except BadInput as error:
            raise Unavailable(f"the worker's answer cannot be read: {error.detail}") from error

    async def footage(self, stream: StreamId, span: Span) -> AsyncGenerator[CardItem, None]:
        """Footage of a span, from CardBegin to CardEnd. Raises as `recorded` does, in the middle too."""
        reading = CardReading()
        async with self._answer(FOOTAGE_PATH, stream, span, _READ_S) as answer:
            async for data in answer.aiter_bytes():
                try:
                    for item in reading.take(data):
                        yield item
                except BadInput as error:
                    raise Unavailable(f"the worker's footage cannot be read: {error.detail}") from error
        if not reading.ended:
            raise Unavailable("the worker stopped in the middle of a card's footage")

    @asynccontextmanager
    async def _answer(
        self, path: str, stream: StreamId, span: Span, read_s: float
    ) -> AsyncGenerator[httpx.Response, None]:
        try:
            async with self._client.stream(
                "GET",
                path.format(stream=stream),
                params={"from": str(span.start_ns), "to": str(span.end_ns)},
                timeout=httpx.Timeout(10.0, read=read_s),
            ) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise NotFound(f"the worker offers no card of {stream}")
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    raise TooManyRequests("the worker reads cards already", _AGAIN_S)
                if answer.status_code != httpx.codes.OK:
                    raise Unavailable(await _said(answer))
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"the worker does not answer: {redact(str(error) or repr(error))}") from error


async def _said(answer: httpx.Response) -> str:
    """Why the worker gives nothing, in its own words where it has some."""
    body = bytearray()
    async for data in answer.aiter_bytes():
        body += data
        if len(body) > _MOST_PROBLEM_BYTES:
            break
    with suppress(ValueError):
        told = json.loads(bytes(body))
        detail = told.get("detail") if isinstance(told, dict) else None
        if isinstance(detail, str):
            return redact(detail[:_MOST_SAID])
    return f"the worker answers {answer.status_code} when asked for a card"
