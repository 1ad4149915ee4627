"""Routes that give recordings to tools as HLS (RFC 8216): a playlist, and fragmented MP4 by segments."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from shared.errors import BadInput, NotFound
from shared.ids import StreamId
from shared.openapi import said, text_of
from shared.reasons import why
from shared.spans import Span
from shared.tickets import bearer
from storage.http.asked import PATH, Authorization, admitted, asked_span
from storage.http.ticket_guard import TicketGuard, allowed_span
from storage.metrics import ReadMetrics
from storage.model.segment import HOLE_NS, Footage
from storage.playback.catalogue import Catalogue
from storage.playback.playlist import Entry, playlist
from storage.playback.windows import Answer, plan_one, stream_answer

_HOUR_NS = 3_600_000_000_000
_MOST_NS = 24 * _HOUR_NS
_FAR_NS = 1 << 62
_PLAYLIST_TYPE = "application/vnd.apple.mpegurl"

Ns = Annotated[int, Query(ge=0, le=_FAR_NS)]

_REFUSALS = (400, 401, 403, 404, 503)
_PLAYLIST = said(
    "playlistOfRecordings",
    {
        200: {"description": "A playlist of what there is.", "content": text_of(_PLAYLIST_TYPE)},
        204: {"description": "There is no footage."},
    },
    _REFUSALS,
    ticket=True,
)
_INIT = said(
    "initOfPlaylist",
    {200: {"description": "What a decoder needs first.", "content": text_of("video/mp4")}},
    _REFUSALS,
    ticket=True,
)
_SEGMENT = said(
    "segmentOfPlaylist",
    {200: {"description": "Fragments of MP4.", "content": text_of("video/iso.segment")}},
    _REFUSALS,
    ticket=True,
)
_NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class HlsRoutes:
    """Handlers; each admits its ticket first, so that a playlist opens nothing by itself."""

    catalogue: Catalogue
    guard: TicketGuard
    metrics: ReadMetrics

    async def playlist(
        self,
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: Annotated[str, Query(alias="from")],
        to: str,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """What there is of a range of a day at most, as a playlist for tools.

        Its addresses carry the ticket: they work as long as it does.
        """
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(self.guard, request, stream, authorization, ticket)
        asked = asked_span(shown, start, to, 0, 1)
        if asked.length_ns > _MOST_NS:
            raise BadInput(why("playlist-range-long", "the range is longer than a day"), "to")
        entries: list[Entry] = []
        shown_ns = asked.start_ns
        for one in await self.catalogue.between(stream, asked.start_ns, asked.end_ns):
            # Of what was recorded twice, as around a crash, each instant is shown once.
            if one.end_ns <= shown_ns + HOLE_NS and entries:
                continue
            overlaps = one.start_ns < shown_ns - HOLE_NS
            entry = await self._entry(one, Span(shown_ns, asked.end_ns) if overlaps else asked)
            if entry is not None:
                entries.append(entry)
                shown_ns = max(shown_ns, entry.end_ns)
        if not entries:
            return Response(status_code=204, headers=_NOT_KEPT)
        text = playlist(entries, entries[0].start_ns, bearer(authorization, ticket))
        return Response(text, headers=_NOT_KEPT, media_type=_PLAYLIST_TYPE)

    async def init(
        self,
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: Ns,
        first: Annotated[int, Query(alias="from", ge=0, le=_FAR_NS)],
        to: Ns,
        base: Ns,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """What a decoder needs before a segment of a playlist."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        answer = await self._answer(request, stream, start, Span(first, to), base, ticket, authorization)
        return Response(answer.init, headers=_NOT_KEPT, media_type="video/mp4")

    async def segment(
        self,
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: Ns,
        first: Annotated[int, Query(alias="from", ge=0, le=_FAR_NS)],
        to: Ns,
        base: Ns,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """A segment of a playlist."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        answer = await self._answer(request, stream, start, Span(first, to), base, ticket, authorization)
        body = self._counted(stream_answer(self.catalogue, answer))
        return StreamingResponse(body, headers=_NOT_KEPT, media_type="video/iso.segment")

    async def _entry(self, one: Footage, asked: Span) -> Entry | None:
        """What of a segment is asked for: all, or from a key picture on to the end of a fragment."""
        if one.limit is None and one.start_ns >= asked.start_ns and one.end_ns <= asked.end_ns:
            return Entry(one, one.start_ns, one.end_ns)
        answer = await plan_one(
            self.catalogue, one, max(asked.start_ns, one.from_ns), asked.end_ns, one.start_ns
        )
        return None if answer is None else Entry(one, answer.start_ns, answer.end_ns)

    async def _answer(
        self,
        request: Request,
        stream: StreamId,
        start_ns: int,
        span: Span,
        base_ns: int,
        ticket: str | None,
        authorization: str | None,
    ) -> Answer:
        shown = admitted(self.guard, request, stream, authorization, ticket)
        if span.length_ns <= 0 or span.length_ns > _MOST_NS or base_ns > span.start_ns:
            raise BadInput(why("range-reversed", "`to` is not after `from`"), "to")
        allowed = allowed_span(shown, span)
        for one in await self.catalogue.between(stream, allowed.start_ns, allowed.end_ns):
            if one.start_ns == start_ns:
                # A window begins at the key picture before what is allowed, as every window does.
                answer = await plan_one(self.catalogue, one, allowed.start_ns, allowed.end_ns, base_ns)
                if answer is not None:
                    return answer
        raise NotFound(why("recording-destroyed", "the recording has been destroyed"))

    async def _counted(self, body: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async with aclosing(body):
            # The first part is the initialisation, which has an address of its own.
            await anext(body)
            async for chunk in body:
                self.metrics.served_bytes.inc(len(chunk))
                yield chunk


def hls_routes(catalogue: Catalogue, guard: TicketGuard, metrics: ReadMetrics) -> APIRouter:
    """GET .../playlist.m3u8, and what it names."""
    routes = HlsRoutes(catalogue, guard, metrics)
    router = APIRouter(default_response_class=Response)
    router.add_api_route(f"{PATH}/playlist.m3u8", routes.playlist, methods=["GET"], **_PLAYLIST)
    router.add_api_route(f"{PATH}/hls/init.mp4", routes.init, methods=["GET"], **_INIT)
    router.add_api_route(f"{PATH}/hls/segment.m4s", routes.segment, methods=["GET"], **_SEGMENT)
    return router
