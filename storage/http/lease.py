"""The route on which control_room says which rights still hold."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from shared.errors import TooLarge
from shared.leases import MAX_LEASE_CHARS, Leases
from shared.reasons import why


def lease_routes(leases: Leases, kept: Callable[[], Awaitable[None]]) -> APIRouter:
    """PUT /lease: 204 once a lease is kept; it is its own credential. `kept` is awaited
    behind each."""
    router = APIRouter()

    @router.put("/lease", response_model=None)
    async def lease(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_LEASE_CHARS:
                raise TooLarge(why("body-too-large", "the lease is larger than one can be"))
        leases.take(body.decode("latin-1"))
        await kept()
        return Response(status_code=204)

    return router
