"""What slow, silent and many clients may cost a service, over real sockets with short limits."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from shared import metrics
from shared.asgi import serve_asgi
from shared.connections import ConnectionLimits
from shared.door import Message, Receive, Send
from shared.service import Service
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.shared.running import get, running

LONG_S = 60.0


async def reading(scope: Message, receive: Receive, send: Send) -> None:
    """Reads the body and says how long it was; `/long` answers 50 MB, `/held` never."""
    if scope["path"] == "/held":
        await asyncio.Event().wait()
    length = 0
    while True:
        message = await receive()
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        length += len(body)
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    # More than the sockets' buffers take.
    for _ in range(800 if scope["path"] == "/long" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": str(length).encode()})


@asynccontextmanager
async def server(**limits: float) -> AsyncIterator[int]:
    long = {"head_s": LONG_S, "body_s": LONG_S, "idle_s": LONG_S, "unread_s": LONG_S}
    service = Service("some", status_port=free_port())
    chosen = ConnectionLimits(**{**long, **limits})  # type: ignore[arg-type]  # `most` is whole in all tests
    port = await serve_asgi(service, reading, "127.0.0.1", 0, limits=chosen)
    async with running(service):
        yield port


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def told(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the other side ends the connection."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""


async def trickle(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send a piece again and again, as long as the connection takes it."""
    while not writer.is_closing():
        writer.write(piece)
        try:
            await writer.drain()
        except ConnectionError:
            return
        await asyncio.sleep(0.02)


async def test_a_client_that_says_nothing_is_let_go() -> None:
    async with server(head_s=0.2) as port, connected(port) as (reader, _):
        assert (await told(reader)).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("before", [b"", get("/")])
async def test_headers_that_never_end_are_ended_on_a_new_and_on_a_kept_connection(before: bytes) -> None:
    async with server(head_s=0.3) as port, connected(port) as (reader, writer):
        if before:
            writer.write(before)
            await reader.readuntil(b"\r\n\r\n")
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        sending = asyncio.create_task(trickle(writer, b"X-More: 1\r\n"))
        assert b"HTTP/1.1 408 " in await told(reader)
        sending.cancel()


async def test_a_body_that_does_not_come_is_refused_in_a_sentence() -> None:
    async with server(body_s=0.3) as port, connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx")
        answer = await told(reader)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not come within" in answer


async def test_a_body_that_never_ends_is_ended() -> None:
    async with server(body_s=0.3) as port, connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        sending = asyncio.create_task(trickle(writer, b"x"))
        answer = await told(reader)
        sending.cancel()
    # What is still on its way to a closed connection resets it: the answer may be lost by that, not the end.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_comes_in_time_is_read_whole_and_the_connection_is_kept() -> None:
    async with server() as port, connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe")
            await writer.drain()
            writer.write(b"llo")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert b"\r\n5\r\n" in await reader.readuntil(b"0\r\n\r\n")


async def test_an_idle_connection_is_let_go() -> None:
    async with server(idle_s=0.2) as port, connected(port) as (reader, writer):
        writer.write(get("/"))
        assert (await told(reader)).startswith(b"HTTP/1.1 200 ")


async def test_a_reader_that_takes_nothing_is_let_go() -> None:
    before = _ended("unread")
    async with server(unread_s=0.3) as port, connected(port) as (_, writer):
        writer.write(get("/long"))
        await eventually(lambda: _ended("unread") > before, what="the end of the connection")


def _ended(limit: str) -> float:
    found = re.search(rb'connections_ended_total{limit="%b"} ([0-9.]+)' % limit.encode(), metrics.render())
    return float(found[1]) if found else 0.0


async def test_among_too_many_the_one_that_waits_longest_gives_way_to_a_newcomer() -> None:
    async with server(most=3) as port, AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(connected(port)) for _ in range(3)]
        for _, writer in slow:
            writer.write(b"GET / HTTP/1.1\r\n")
        async with connected(port) as (reader, writer):
            writer.write(get("/"))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert await told(slow[0][0]) == b""
        slow[1][1].write(b"Host: x\r\n\r\n")
        assert (await slow[1][0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_where_all_have_a_request_under_way_a_newcomer_is_refused() -> None:
    async with server(most=2) as port, AsyncExitStack() as stack:
        for _ in range(2):
            _, writer = await stack.enter_async_context(connected(port))
            writer.write(get("/held"))
            await writer.drain()
        refused = b""
        async with asyncio.timeout(10):
            while not refused.startswith(b"HTTP/1.1 503 "):
                async with connected(port) as (reader, writer):
                    writer.write(get("/"))
                    refused = await reader.readline()


async def test_an_address_that_is_too_long_or_holds_a_nul_is_refused_in_words() -> None:
    async with server() as port:
        for path, status in (("/" + "a" * 30_000, b"414"), ("/a%00b", b"400"), ("/?a=%00", b"400")):
            async with connected(port) as (reader, writer):
                writer.write(get(path))
                assert (await reader.readline()).startswith(b"HTTP/1.1 " + status)
                assert b"application/problem+json" in await reader.readuntil(b"\r\n\r\n")
