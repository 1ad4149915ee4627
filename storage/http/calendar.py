"""The route that tells which days have recordings."""

from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from shared.errors import BadInput
from shared.ids import StreamId
from shared.openapi import json_of, said
from shared.reasons import why
from shared.spans import Span
from storage.http.asked import MAX_RANGE_NS, PATH, Authorization, admitted
from storage.http.ticket_guard import TicketGuard, allowed_span
from storage.model.instants import ns_from_text
from storage.playback.catalogue import Catalogue

_MOST_BORDERS = 64

_CALENDAR = said(
    "listRecordedDays",
    {200: {"description": "Which of the days have recordings.", "content": json_of("Calendar")}},
    (400, 401, 403, 404, 503),
    ticket=True,
)


def calendar_routes(catalogue: Catalogue, guard: TicketGuard) -> APIRouter:
    """GET .../days."""
    router = APIRouter(default_response_class=Response)

    @router.get(f"{PATH}/days", **_CALENDAR)
    async def days(
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        border: Annotated[list[str], Query(min_length=2, max_length=_MOST_BORDERS)],
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """Which of the stretches between these borders have any recording.

        Whoever asks knows where days begin in which zone, and which have 23 or 25 hours.
        """
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(guard, request, stream, authorization, ticket)
        borders = [ns_from_text(one, "border") for one in border]
        if any(after <= before for before, after in pairwise(borders)):
            raise BadInput(why("borders-unsorted", "the borders are not one after the other"), "border")
        if borders[-1] - borders[0] > MAX_RANGE_NS:
            raise BadInput(why("playback-range-long", "the range is longer than two months"), "border")
        allowed = allowed_span(shown, Span(borders[0], borders[-1]))
        spans = [
            Span(max(before, allowed.start_ns), min(after, allowed.end_ns))
            for before, after in pairwise(borders)
        ]
        # Of what the ticket does not allow nothing is told.
        asked = [number for number, span in enumerate(spans) if span.length_ns > 0]
        found = await catalogue.which_have_any(stream, [spans[number] for number in asked])
        recorded = {asked[number] for number in found}
        return JSONResponse({"recorded": [number in recorded for number in range(len(spans))]})

    return router
