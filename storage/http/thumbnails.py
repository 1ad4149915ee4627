"""The route that gives small pictures along a timeline."""

from fastapi import APIRouter, Request, Response

from shared.ids import StreamId
from shared.openapi import headers, said, text_of
from shared.spans import Span
from storage.http.asked import PATH, Authorization, admitted
from storage.http.ticket_guard import TicketGuard, allowed_span
from storage.model.instants import ns_from_text, text_from_ns
from storage.playback.thumbnails import Thumbnails

_THUMBNAIL = said(
    "seeRecording",
    {
        200: {
            "description": "The key picture shown at that instant, made small.",
            "content": text_of("image/jpeg"),
            "headers": headers(X_Beffroi_From="The instant it was taken."),
        },
        204: {"description": "There is no picture."},
    },
    (400, 401, 403, 404, 503),
    ticket=True,
)


def thumbnail_routes(thumbnails: Thumbnails, guard: TicketGuard) -> APIRouter:
    """GET .../thumbnail."""
    router = APIRouter(default_response_class=Response)

    @router.get(f"{PATH}/thumbnail", **_THUMBNAIL)
    async def thumbnail(
        commune: str,
        camera: str,
        kind: str,
        request: Request,
        at: str,
        ticket: str | None = None,
        authorization: Authorization = None,
    ) -> Response:
        """The key picture shown at an instant, as a JPEG of 320 pixels at most."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        shown = admitted(guard, request, stream, authorization, ticket)
        at_ns = ns_from_text(at, "at")
        allowed_span(shown, Span(at_ns, at_ns + 1))
        found = await thumbnails.at(stream, at_ns)
        told = {"Cache-Control": "no-store"}
        if found is None:
            return Response(status_code=204, headers=told)
        told["X-Beffroi-From"] = text_from_ns(found.taken_ns)
        return Response(found.jpeg, headers=told, media_type="image/jpeg")

    return router
