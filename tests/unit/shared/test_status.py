import asyncio
import json
from contextlib import suppress

import pytest

from shared import metrics
from shared.service import Service
from shared.status import StatusPort
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.shared.running import asked, get, served


async def test_a_service_that_is_well_says_so() -> None:
    port = free_port()
    service = Service("some", status_port=port)
    service.check("disk", lambda: None)
    async with served(service, port):
        head, body = await asked(port, get("/healthz"))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert json.loads(body) == {"service": "some", "ok": True, "wrong": {}}


async def test_a_service_that_is_not_well_says_what_is_wrong() -> None:
    port = free_port()
    service = Service("some", status_port=port)
    service.check("disk", lambda: "the disk is full")
    service.check("tap", lambda: None)
    async with served(service, port):
        head, body = await asked(port, get("/healthz?verbose"))
    assert head.startswith(b"HTTP/1.1 503 ")
    assert json.loads(body)["wrong"] == {"disk": "the disk is full"}


async def test_metrics_are_served() -> None:
    port = free_port()
    metrics.counter("test_served_total", "x").inc()
    async with served(Service("some", status_port=port), port):
        head, body = await asked(port, get("/metrics"))
    assert b"text/plain" in head
    assert b"test_served_total 1.0" in body


async def test_another_path_is_not_found() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, get("/etc/passwd"))
    assert head.startswith(b"HTTP/1.1 404 ")


async def test_another_method_is_not_allowed() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, b"POST /metrics HTTP/1.1\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n        ", b"GET\r\n\r\n      ", b"\x16\x03\x01\x02\x00\x01\r\n\r\n"]
)
async def test_noise_on_the_status_port_hurts_nobody(request_: bytes) -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        await asked(port, request_)
        head, _ = await asked(port, get("/healthz"))
    assert head.startswith(b"HTTP/1.1 200 ")


async def test_an_endless_request_is_cut_off() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, b"GET /" + b"x" * 60_000)
    assert head == b""


async def test_a_head_that_never_ends_is_ended_and_too_many_connections_are_refused() -> None:
    port = free_port()
    status = StatusPort("some", dict, timeout_s=1.5)
    await status.open("127.0.0.1", port)
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(64)]
    for _, writer in slow:
        writer.write(b"GET /healthz HTTP/1.1\r\n")
    await eventually(lambda: _refused(port), what="a refusal")
    ends = await asyncio.wait_for(asyncio.gather(*(_end(reader) for reader, _ in slow)), 10)
    assert set(ends) == {b""}
    for _, writer in slow:
        await _closed(writer)
    head, _ = await asked(port, get("/healthz"))
    assert head.startswith(b"HTTP/1.1 200 ")
    await status.close()


async def _refused(port: int) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(get("/healthz"))
    answer = await _end(reader)
    await _closed(writer)
    return answer == b""


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""
