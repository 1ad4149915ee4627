"""Routes by which edge recorders tell what they have and bring it, and people say what they wait for."""

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from shared.causes import cause_of
from shared.errors import BadInput, TicketRefused, TooLarge, Unavailable
from shared.ids import COMMUNE_PATTERN, StreamId
from shared.messages.codec import decode, encode
from shared.messages.edge import MOST_CHUNK_BYTES, EdgeReport, SegmentOffer, UploadState
from shared.openapi import json_of, said, text_of
from shared.reasons import why
from shared.tickets import Action, bearer, edge_resource
from storage.fetching.compose import Fetching
from storage.http.asked import PATH, Authorization, From, admitted, asked_span
from storage.http.ticket_guard import TicketGuard
from storage.model.instants import ns_from_text

_MOST_BODY = 2 << 20
_WISHED_NS = 600_000_000_000
"""From `from` on, where nobody says up to when."""
_REFUSALS = (400, 401, 403, 413, 503)

_REPORT = said(
    "reportEdge",
    {200: {"description": "What the centre lacks of it.", "content": json_of("EdgeWanted")}},
    _REFUSALS,
    takes=json_of("EdgeReport"),
    ticket=True,
)
_OFFER = said(
    "offerSegment",
    {200: {"description": "Which bytes are wanted.", "content": json_of("UploadState")}},
    _REFUSALS,
    takes=json_of("SegmentOffer"),
    ticket=True,
)
_TAKE = said(
    "sendSegment",
    {200: {"description": "Which bytes are wanted next.", "content": json_of("UploadState")}},
    (400, 401, 403, 404, 413, 503),
    takes=text_of("application/octet-stream"),
    ticket=True,
)
_FETCH = said(
    "fetchRecordings",
    {204: {"description": "It goes before all else that is fetched."}},
    (400, 401, 403, 404, 503),
    ticket=True,
)
Commune = Annotated[str, Path(pattern=f"^{COMMUNE_PATTERN}$")]
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[int, Query(ge=0)]


def edge_routes(fetching: Fetching, guard: TicketGuard) -> APIRouter:
    """The routes; each admits its ticket first."""
    router = APIRouter(default_response_class=Response)

    def admit(request: Request, commune: str, header: str | None) -> None:
        guard.admit(request, bearer(header), edge_resource(commune), [Action.EDGE])
        if not fetching.may_bring(commune):
            raise TicketRefused(why("right-ended", "the right that this ticket stands for has ended"))

    async def report(commune: Commune, request: Request, authorization: Authorization = None) -> Response:
        """Take what an edge has; answer what to send, in the order in which it is wanted."""
        admit(request, commune, authorization)
        told = decode(EdgeReport, await _body(request, _MOST_BODY))
        return _json(await fetching.edges.hear(commune, told))

    async def offer(commune: Commune, request: Request, authorization: Authorization = None) -> Response:
        """Begin an upload, or go on with one."""
        admit(request, commune, authorization)
        offered = decode(SegmentOffer, await _body(request, _MOST_BODY))
        return await _state(fetching.receiving.offer(commune, offered))

    async def take(
        commune: Commune,
        sha256: Sha256,
        offset: Offset,
        request: Request,
        authorization: Authorization = None,
    ) -> Response:
        """Some bytes of an offered segment, from `offset` on; a mebibyte at most."""
        admit(request, commune, authorization)
        data = await _body(request, MOST_CHUNK_BYTES)
        return await _state(fetching.receiving.take(commune, sha256, offset, data))

    async def fetch(
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: From = None,
        to: str | None = None,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """Fetch what an edge has of a range before all else: whoever may play it may ask for it."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(guard, request, stream, authorization, ticket)
        if start is None:
            raise BadInput(why("playback-from-missing", "media needs `from`"), "from")
        from_ns = ns_from_text(start, "from")
        fetching.edges.wish(stream, asked_span(shown, start, to, from_ns, from_ns + _WISHED_NS))
        return Response(status_code=204)

    router.add_api_route("/edges/{commune}", report, methods=["PUT"], **_REPORT)
    router.add_api_route("/edges/{commune}/segments", offer, methods=["PUT"], **_OFFER)
    router.add_api_route("/edges/{commune}/segments/{sha256}", take, methods=["PUT"], **_TAKE)
    router.add_api_route(f"{PATH}/fetch", fetch, methods=["PUT"], **_FETCH)
    return router


async def _state(asked: Awaitable[UploadState]) -> Response:
    try:
        return _json(await asked)
    except OSError as error:
        raise Unavailable(
            why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
        ) from error


def _json(message: object) -> Response:
    return Response(encode(message), media_type="application/json")


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLarge(why("body-too-large", "the body is larger than one can be"))
    return bytes(body)
