"""What nobody sends by mistake is answered in words, on every route of storage."""

import json
from pathlib import Path

import httpx

from shared.door import Door
from shared.errors import PROBLEM_MEDIA_TYPE
from shared.tickets import Action
from tests.support.hostile import BODIES, HERE, IN_ADDRESSES, VALUES, spoilt
from tests.support.pictures import STREAM
from tests.unit.storage.workshop import Workshop, workshop

EXPORT = {
    "id": "x-1",
    "reference": "PV 118",
    "authority": "OPJ Martin",
    "requested_by": "legal",
    "cameras": [{"stream": str(STREAM), "name": "Place", "place": "", "authorisation": "2026-1"}],
    "start": "2026-11-20T21:00:00Z",
    "end": "2026-11-20T21:15:00Z",
}
HOLD = {
    "id": "h-1",
    "stream": str(STREAM),
    "start": "2026-11-20T21:00:00Z",
    "end": "2026-11-20T21:15:00Z",
    "reference": "PV 118",
}
ORDERS = (
    ("/exports/x-1", EXPORT, Action.EXPORT, "export:x-1"),
    ("/holds/h-1", HOLD, Action.HOLD, "hold:h-1"),
)
ROUTES = (
    "/recordings/{0}/cam-1/main",
    "/recordings/59350/{0}/main",
    "/recordings/59350/cam-1/{0}",
    "/recordings/{0}/cam-1/main/media",
    "/exports/{0}",
    "/exports/{0}/package",
    "/exports/x-1/package?ticket={0}",
    "/holds/{0}",
    "/{0}",
)


def door(shop: Workshop) -> httpx.AsyncClient:
    """What is as near to the routes as a stranger comes."""
    transport = shop.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    return httpx.AsyncClient(transport=httpx.ASGITransport(Door(transport.app)), base_url="http://storage")


def wrong(answer: httpx.Response, asked: str) -> list[str]:
    worded = answer.status_code < 400 or answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    return [] if answer.status_code < 500 and worded else [f"{answer.status_code} {asked[:200]}"]


async def test_hostile_times_and_tickets_in_a_query_are_answered_in_words(tmp_path: Path) -> None:
    found: list[str] = []
    async with workshop(tmp_path) as shop, door(shop) as client:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        for hostile in IN_ADDRESSES:
            for path in (f"/recordings/{STREAM}", f"/recordings/{STREAM}/media"):
                for query in (f"from={hostile}", f"to={hostile}", f"from={hostile}&to={hostile}",
                              f"from=2026-11-20T21:00:00Z&base={hostile}", f"ticket={hostile}"):  # fmt: skip
                    headers = {} if "ticket" in query else {"authorization": f"Bearer {token}"}
                    answer = await client.get(f"{path}?{query}", headers=headers)
                    found += wrong(answer, f"{path}?{query}")
    assert found == []


async def test_hostile_addresses_and_tickets_are_answered_in_words(tmp_path: Path) -> None:
    found: list[str] = []
    async with workshop(tmp_path) as shop, door(shop) as client:
        for hostile in IN_ADDRESSES:
            for route in ROUTES:
                for method in ("GET", "PUT", "DELETE", "POST", "OPTIONS"):
                    answer = await client.request(method, route.format(hostile or "%20"))
                    found += wrong(answer, f"{method} {route.format(hostile)}")
        head = shop.token(Action.PLAYBACK, str(STREAM)).partition(".")[0]
        for ending in ("..", ".é.é", ".e30.AA", "." * 20_000, "." + "A" * 20_000 + ".A"):
            ticket = head + ending
            headers = {b"authorization": b"Bearer " + ticket.encode()}
            found += wrong(await client.get(f"/recordings/{STREAM}", headers=headers), ticket)
    assert found == []


async def test_hostile_orders_are_answered_in_words_and_make_nothing(tmp_path: Path) -> None:
    found: list[str] = []
    async with workshop(tmp_path) as shop, door(shop) as client:
        for path, order, action, resource in ORDERS:
            headers = {"authorization": f"Bearer {shop.token(action, resource)}"}
            for spoilt_order in spoilt(order):
                for value in VALUES:
                    text = json.dumps(spoilt_order).replace(json.dumps(HERE), value)
                    found += wrong(await client.put(path, content=text.encode(), headers=headers), text)
            for body in BODIES:
                answer = await client.put(path, content=body, headers=headers)
                assert 400 <= answer.status_code < 500
                found += wrong(answer, repr(body[:40]))
    assert found == []
