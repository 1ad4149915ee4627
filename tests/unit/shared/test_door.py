"""What every request passes before an application sees it."""

import json

import pytest

from shared.door import MOST_ADDRESS_BYTES, SERVER_SEND, Door, Message, Receive, Send


async def asked(
    path: str, query: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> list[Message]:
    """What a browser is sent of an application that says `no-cache` and reads no body."""
    sent: list[Message] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        assert SERVER_SEND in scope
        start = {"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"no-cache")]}
        await send(start)
        await send({"type": "http.response.body", "body": b"in"})

    async def receive() -> Message:
        raise AssertionError("nobody reads the body")

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Message = {"type": "http", "path": path, "query_string": query, "headers": list(headers)}
    await Door(app)(scope, receive, send)
    return sent


def headers_of(sent: list[Message]) -> dict[bytes, bytes]:
    found = sent[0]["headers"]
    assert isinstance(found, list)
    return {name.lower(): value for name, value in found}


async def test_an_answer_has_the_safe_headers_unless_it_says_otherwise() -> None:
    told = headers_of(await asked("/x"))
    assert told[b"cache-control"] == b"no-cache"
    assert told[b"x-content-type-options"] == b"nosniff"
    assert b"connection" not in told


async def test_a_connection_whose_body_nobody_read_is_closed() -> None:
    assert headers_of(await asked("/x", headers=((b"Content-Length", b"9"),)))[b"connection"] == b"close"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [("/" + "x" * MOST_ADDRESS_BYTES, b"", 414), ("/x\0", b"", 400), ("/x", b"a=%00", 400)],
    ids=["long", "NUL in the path", "NUL in the query"],
)
async def test_an_address_that_makes_no_sense_does_not_reach_the_application(
    path: str, query: bytes, status: int
) -> None:
    start, body = await asked(path, query)
    assert start["status"] == status
    assert isinstance(body["body"], bytes)
    assert json.loads(body["body"])["status"] == status
