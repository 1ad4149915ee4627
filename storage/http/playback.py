"""Routes that list and play recordings."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from shared.clock import Clock
from shared.errors import BadInput, Unsupported
from shared.ids import StreamId
from shared.openapi import headers, json_of, said, text_of
from shared.reasons import why
from shared.spans import Span
from shared.tickets import Ticket
from storage.http.asked import DAY_NS, PATH, Authorization, From, admitted, asked_span
from storage.http.ticket_guard import TicketGuard
from storage.metrics import ReadMetrics
from storage.model.instants import ns_from_text, text_from_ns
from storage.model.interruptions import explained
from storage.model.ranges import gaps, present
from storage.playback.catalogue import Catalogue
from storage.playback.pieces import Thinning
from storage.playback.transcoding import (
    MOST_WINDOW_NS,
    TooManyTranscodings,
    Transcodings,
    is_played_everywhere,
)
from storage.playback.windows import Answer, Nothing, plan, stream_answer

Keys = Annotated[float | None, Query(ge=0, le=3600)]

_LIST = said(
    "listRecordings",
    {200: {"description": "What exists, and what is missing.", "content": json_of("Listing")}},
    (400, 401, 403, 404, 503),
    ticket=True,
)
_MEDIA = said(
    "playRecordings",
    {
        200: {
            "description": "One fragmented MP4 without a seam.",
            "content": text_of("video/mp4"),
            "headers": headers(
                X_Beffroi_From="The instant of the first picture.",
                X_Beffroi_To="The instant after the last one.",
                X_Beffroi_Codec="As RFC 6381 names it.",
                X_Beffroi_Clock="Where its UTC comes from: `arrival`, or `sender_report` of the camera.",
                X_Beffroi_Uncertainty="How wrong that UTC is at most, in ms; absent where nobody knows.",
                X_Beffroi_Pictures="`key` where key pictures alone are in it, else `all`.",
            ),
        },
        204: {"description": "There is no footage; `X-Beffroi-Next` says where there is some next."},
    },
    (400, 401, 403, 404, 415, 429, 503),
    ticket=True,
)


class PlaybackRoutes:
    """Handlers; each admits its ticket first."""

    def __init__(
        self,
        catalogue: Catalogue,
        guard: TicketGuard,
        clock: Clock,
        metrics: ReadMetrics,
        transcodings: Transcodings | None,
    ) -> None:
        self._catalogue = catalogue
        self._guard = guard
        self._clock = clock
        self._metrics = metrics
        self._transcodings = transcodings
        self.router = APIRouter(default_response_class=Response)
        self.router.add_api_route(PATH, self.list, methods=["GET"], **_LIST)
        self.router.add_api_route(f"{PATH}/media", self.media, methods=["GET"], **_MEDIA)

    async def list(
        self,
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: From = None,
        to: str | None = None,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """What exists in a range, and what is missing; by default, of the last day."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(self._guard, request, stream, authorization, ticket)
        now_ns = self._clock.utc_ns()
        asked = asked_span(shown, start, to, now_ns - DAY_NS, now_ns)
        footage = await self._catalogue.between(stream, asked.start_ns, asked.end_ns)
        found = present(footage, asked)
        until_ns = await self._catalogue.until_ns(stream)
        recording = self._catalogue.is_recording(stream)
        # While recording, what comes after the newest picture is on its way and no gap.
        known_to_ns = until_ns if recording and until_ns is not None else now_ns
        judged = Span(asked.start_ns, max(asked.start_ns, min(asked.end_ns, known_to_ns)))
        missing = explained(gaps(found, judged), await self._catalogue.interruptions(stream, judged))
        listing = {
            "stream": str(stream),
            "from": text_from_ns(asked.start_ns),
            "to": text_from_ns(asked.end_ns),
            "ranges": [_span(one.span) | {"run": one.run} for one in found],
            "gaps": [_span(one.span) | {"cause": one.cause.value} for one in missing],
            "recording": recording,
            "codec": footage[-1].codec if footage else "",
            "until": None if until_ns is None else text_from_ns(until_ns),
        }
        return JSONResponse(listing)

    async def media(
        self,
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        start: From = None,
        to: str | None = None,
        base: str | None = None,
        codec: Literal["h264"] | None = None,
        keys: Keys = None,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """Footage from the key picture at or before `from`, as one fMP4 without a seam.

        With `codec=h264` what not every browser plays is transcoded. With `keys` only key pictures are
        sent, none nearer to the one before than so many seconds.
        """
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(self._guard, request, stream, authorization, ticket)
        if start is None:
            raise BadInput(why("playback-from-missing", "media needs `from`"), "from")
        now_ns = self._clock.utc_ns()
        asked = asked_span(shown, start, to, now_ns, max(now_ns, ns_from_text(start, "from")) + 1)
        base_ns = ns_from_text(start, "from") if base is None else ns_from_text(base, "base")
        thinning = None if keys is None else Thinning(int(keys * 1_000_000_000))
        answer = await plan(self._catalogue, stream, asked.start_ns, asked.end_ns, base_ns, thinning)
        if codec is not None and isinstance(answer, Answer) and not is_played_everywhere(answer):
            return await self._transcoded(stream, asked, base_ns, thinning, shown)
        if isinstance(answer, Nothing):
            return Response(status_code=204, headers=_next_header(answer, shown))
        body = stream_answer(self._catalogue, answer)
        return self._streaming(answer, answer.description.codec_string, body)

    async def _transcoded(
        self, stream: StreamId, asked: Span, base_ns: int, thinning: Thinning | None, shown: Ticket
    ) -> Response:
        if self._transcodings is None:
            raise Unsupported(why("recording-not-transcoded", "this server transcodes no recordings"))
        end_ns = min(asked.end_ns, asked.start_ns + MOST_WINDOW_NS)
        answer = await plan(self._catalogue, stream, asked.start_ns, end_ns, base_ns, thinning)
        if isinstance(answer, Nothing):
            return Response(status_code=204, headers=_next_header(answer, shown))
        try:
            begun = await self._transcodings.begin(self._catalogue, stream, answer)
        except TooManyTranscodings:
            self._metrics.refused.inc()
            raise
        if begun is None:
            return Response(status_code=204, headers=_next_header(Nothing(answer.end_ns), shown))
        self._metrics.transcoded.inc()
        return self._streaming(answer, begun.codec_string, begun.body(), transcoded=True)

    def _streaming(
        self,
        answer: Answer,
        codec: str,
        body: AsyncGenerator[bytes, None],
        *,
        transcoded: bool = False,
    ) -> Response:
        """Every body of pictures goes out here."""
        headers = {
            "X-Beffroi-From": text_from_ns(answer.start_ns),
            "X-Beffroi-To": text_from_ns(answer.end_ns),
            "X-Beffroi-Codec": codec,
            "X-Beffroi-Clock": answer.clock.source,
            "X-Beffroi-Pictures": "all" if answer.thinning is None else "key",
            "Cache-Control": "no-store",
        }
        if answer.complete_ns is not None:
            headers["X-Beffroi-Complete"] = text_from_ns(answer.complete_ns)
        if answer.clock.wrong_ns is not None:
            headers["X-Beffroi-Uncertainty"] = str(-(-answer.clock.wrong_ns // 1_000_000))
        if transcoded:
            headers["X-Beffroi-Transcoded"] = answer.description.codec_string
        return StreamingResponse(self._counted(body), headers=headers, media_type="video/mp4")

    async def _counted(self, body: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        # What is cut off must end at once what it was read from: a file, a child process.
        async with aclosing(body):
            async for chunk in body:
                self._metrics.served_bytes.inc(len(chunk))
                yield chunk


def _span(span: Span) -> dict[str, object]:
    return {"from": text_from_ns(span.start_ns), "to": text_from_ns(span.end_ns)}


def _next_header(nothing: Nothing, ticket: Ticket) -> dict[str, str]:
    next_ns = nothing.next_ns
    if next_ns is None or (ticket.end_s is not None and next_ns >= ticket.end_s * 1_000_000_000):
        return {}
    return {"X-Beffroi-Next": text_from_ns(next_ns)}


def playback_routes(
    catalogue: Catalogue,
    guard: TicketGuard,
    clock: Clock,
    metrics: ReadMetrics,
    transcodings: Transcodings | None = None,
) -> APIRouter:
    """The routes of playback; without `transcodings` what a browser cannot play is refused."""
    return PlaybackRoutes(catalogue, guard, clock, metrics, transcodings).router
