"""Giving leases: whatever does not take one is told apart from what does."""

import httpx
import pytest

from control_room.access.lease_client import LeaseClient
from shared.errors import Unavailable


async def test_a_lease_is_put_at_the_service() -> None:
    asked: list[httpx.Request] = []

    def taken(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(204)

    client = LeaseClient(httpx.MockTransport(taken))
    await client.give("http://mux.internal:9000", "a-lease")
    await client.close()
    assert (asked[0].method, str(asked[0].url)) == ("PUT", "http://mux.internal:9000/lease")
    assert asked[0].content == b"a-lease"


@pytest.mark.parametrize("status", [307, 403, 500])
async def test_a_service_that_does_not_take_it_is_unavailable(status: int) -> None:
    client = LeaseClient(httpx.MockTransport(lambda _request: httpx.Response(status)))
    with pytest.raises(Unavailable, match=str(status)):
        await client.give("http://mux.internal", "a-lease")


async def test_a_service_that_is_away_is_unavailable() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(Unavailable, match="cannot be reached"):
        await LeaseClient(httpx.MockTransport(away)).give("http://mux.internal", "a-lease")
