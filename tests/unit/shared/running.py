"""A service that runs for the length of a test, and its status port asked over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.service import Service
from tests.support.eventually import eventually


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        service.stopping.set()
        await asyncio.wait_for(task, 10)


async def asked(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The head and body of an answer; the request goes out in two pieces, as it may."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request[:7])
    await writer.drain()
    await asyncio.sleep(0)
    writer.write(request[7:])
    head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head, body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: test\r\n\r\n".encode()


async def listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def served(service: Service, port: int) -> AsyncIterator[None]:
    async with running(service):
        await eventually(lambda: listening(port), what="the status port")
        yield
