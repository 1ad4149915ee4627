"""The edge asks the worker beside it, over the worker's own door and real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest

from shared.cards import CardEnd, CardItem
from shared.errors import NotFound, Unavailable
from shared.ids import StreamId
from storage.edge.card_client import CardClient
from tests.support.eventually import eventually
from tests.support.onvif_soap import Habit
from tests.unit.ingest.onvif.card_bench import STREAM, span
from tests.unit.ingest.onvif.test_http import door


async def everything(client: CardClient, stream: StreamId = STREAM) -> list[CardItem]:
    return [item async for item in client.footage(stream, span(10, 20))]


async def test_it_learns_what_a_card_has_and_gets_it() -> None:
    async with door() as (http, _):
        client = CardClient(http)
        assert (await client.recorded(STREAM, span(0, 90))).spans == (span(0, 60),)
        _, *units, end = await everything(client)
        assert isinstance(end, CardEnd)
        assert (end.complete, end.units) == (True, len(units))


async def test_no_card_and_one_that_gives_nothing_are_told_apart() -> None:
    other = StreamId("75056", "unknown")
    async with door(Habit.NO_EXTENSION) as (http, _):
        client = CardClient(http)
        with pytest.raises(NotFound):
            await client.recorded(other, span(0, 90))
        with pytest.raises(NotFound):
            await everything(client, other)
        with pytest.raises(Unavailable, match="without saying when they were taken"):
            await everything(client)
    async with door(secret="x" * 32) as (http, _):
        with pytest.raises(Unavailable):
            await CardClient(http).recorded(STREAM, span(0, 90))


@asynccontextmanager
async def worker(answer: bytes) -> AsyncIterator[CardClient]:
    """One that answers everything with the same bytes, then closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        yield CardClient(http)
    server.close()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-x\r\n",
        CHUNKED + b"5\r\nhello",
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"8\r\n\xff\xff\xff\xff\xff\xff\xff\xff\r\n0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_what_is_cut_or_senseless_is_told_as_one_error(answer: bytes) -> None:
    async with worker(answer) as client:
        with pytest.raises(Unavailable):
            await everything(client)
        with pytest.raises(Unavailable):
            await client.recorded(STREAM, span(0, 90))


async def test_more_than_can_be_is_not_read_to_its_end() -> None:
    async with worker(b"HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n" + b" " * (8 << 20)) as client:
        with pytest.raises(Unavailable):
            await client.recorded(STREAM, span(0, 90))


async def test_who_stops_reading_ends_the_replay() -> None:
    async with door(seconds=3000) as (http, card):
        async with aclosing(CardClient(http).footage(STREAM, span(0, 3000))) as items:
            await anext(items)
            assert card.seen.sessions == 1
        await eventually(lambda: card.seen.sessions == 0)
