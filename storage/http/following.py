"""The route that proposes where a mask goes: it places none."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from shared.errors import BadInput, TooLarge
from shared.ids import StreamId
from shared.masks import Box, Position
from shared.messages.codec import decode, encode
from shared.messages.storage import FollowedMask, FollowOrder, MaskPosition
from shared.openapi import json_of, said
from shared.reasons import why
from shared.spans import Span
from shared.tickets import Action, bearer
from shared.utc import instant_of
from storage.http.ticket_guard import TicketGuard, allowed_span
from storage.model.instants import ns_from_datetime
from storage.playback.catalogue import Catalogue
from storage.playback.following import Followings

_MAX_BODY = 4096
_FOLLOW = said(
    "followMask",
    {200: {"description": "The proposal.", "content": json_of("FollowedMask")}},
    (400, 401, 403, 404, 413, 503),
    takes=json_of("FollowOrder"),
    ticket=True,
)

Authorization = Annotated[str | None, Header(include_in_schema=False)]


def following_routes(followings: Followings, catalogue: Catalogue, guard: TicketGuard) -> APIRouter:
    """The route of proposals."""
    router = APIRouter(default_response_class=Response)

    async def follow(
        commune: str, camera: str, kind: str, request: Request, authorization: Authorization = None
    ) -> Response:
        """Where a box goes over the next ten seconds at most, with the right to play them."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        ticket = guard.admit(request, bearer(authorization), str(stream), [Action.PLAYBACK])
        order = decode(FollowOrder, await _body(request))
        start, end_ns = _position(order.start), ns_from_datetime(order.end, "end")
        if end_ns <= start.at_ns:
            raise BadInput(why("range-reversed", "`end` is not after `start`"), "end")
        allowed = allowed_span(ticket, Span(start.at_ns, end_ns))
        start = Position(allowed.start_ns, start.box)
        found = await followings.follow(catalogue, stream, start, allowed.end_ns)
        told = FollowedMask(tuple(_told(one) for one in found.positions), found.lost)
        return Response(encode(told), media_type="application/json", headers={"Cache-Control": "no-store"})

    path = "/recordings/{commune}/{camera}/{kind}/follow"
    router.add_api_route(path, follow, methods=["POST"], **_FOLLOW)
    return router


def _position(told: MaskPosition) -> Position:
    return Position(ns_from_datetime(told.at, "start"), Box(told.x, told.y, told.w, told.h))


def _told(one: Position) -> MaskPosition:
    return MaskPosition(instant_of(one.at_ns), one.box.x, one.box.y, one.box.w, one.box.h)


async def _body(request: Request) -> bytes:
    """The body of a request. Raises TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise TooLarge(why("body-too-large", "the order is larger than one can be"))
    return bytes(body)
