import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping

import pytest

from shared.asgi import serve_asgi
from shared.errors import Unavailable
from shared.service import Service
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.shared.running import asked, get, running

Message = MutableMapping[str, object]
Send = Callable[[Message], Awaitable[None]]


async def hello(scope: Message, _receive: object, send: Send) -> None:
    """An application that says hello, and fails when asked for `/fault`."""
    if scope["path"] == "/fault":
        raise RuntimeError("a fault nobody foresaw")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def slow(_scope: Message, _receive: object, _send: Send) -> None:
    """An application that never answers."""
    await asyncio.Event().wait()


async def test_an_application_answers_on_the_port_that_was_bound() -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, hello, "127.0.0.1", 0)
    async with running(service):
        _, body = await asked(port, get("/"))
    assert b"hello" in body


async def test_a_taken_port_is_said_in_one_sentence() -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, hello, "127.0.0.1", 0)
    async with running(service):
        with pytest.raises(Unavailable) as refusal:
            await serve_asgi(service, hello, "127.0.0.1", port)
    assert refusal.value.detail == f"some cannot listen on 127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("host.invalid", 0), ("203.0.113.7", 0)])
async def test_an_address_that_is_not_ours_is_said_in_one_sentence(host: str, port: int) -> None:
    with pytest.raises(Unavailable, match="some cannot listen on"):
        await serve_asgi(Service("some", status_port=0), hello, host, port)


async def test_the_port_is_free_again_after_the_stop() -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, hello, "127.0.0.1", 0)
    async with running(service):
        await asked(port, get("/"))
    again = Service("again", status_port=free_port())
    assert await serve_asgi(again, hello, "127.0.0.1", port) == port
    async with running(again):
        pass


async def test_a_service_stopped_at_once_frees_its_port() -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, hello, "127.0.0.1", 0)
    async with running(service):
        service.stopping.set()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.slow
async def test_an_answer_without_end_does_not_hold_up_the_stop() -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, slow, "127.0.0.1", 0)
    async with running(service):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(get("/"))
        await writer.drain()
    writer.close()


async def test_a_fault_of_the_application_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    service = Service("some", status_port=free_port())
    port = await serve_asgi(service, hello, "127.0.0.1", 0)
    with caplog.at_level(logging.CRITICAL):
        async with running(service):
            head, _ = await asked(port, b"GET /fault HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            _, body = await asked(port, get("/"))
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b"hello" in body


async def test_a_service_whose_http_server_ends_ends_too() -> None:
    service = Service("some", status_port=free_port())
    await serve_asgi(service, hello, "127.0.0.1", 0)
    server = next(task for task in asyncio.all_tasks() if task.get_name() == "some http")
    server.cancel()
    await eventually(service.stopping.is_set, what="the stop")
    with pytest.raises(Unavailable, match="ended by itself"):
        await service.run()
