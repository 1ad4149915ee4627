"""The route on which control_room says which rights still hold."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from shared.errors import TooLarge
from shared.leases import MAX_LEASE_CHARS, Leases
from shared.openapi import said, text_of
from shared.reasons import why

_TAKE = said(
    "takeLease",
    {204: {"description": "It is kept."}},
    (403, 413),
    takes=text_of("text/plain"),
)


def lease_routes(leases: Leases, kept: Callable[[str], Awaitable[None]]) -> APIRouter:
    """PUT /lease: 204 once a lease is kept; it is its own credential. `kept` is awaited
    with each."""
    router = APIRouter(default_response_class=Response)

    @router.put("/lease", **_TAKE)
    async def lease(request: Request) -> Response:
        """Take what control_room says of rights; it is its own credential."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_LEASE_CHARS:
                raise TooLarge(why("body-too-large", "the lease is larger than one can be"))
        token = body.decode("latin-1")
        leases.take(token)
        await kept(token)
        return Response(status_code=204)

    return router
