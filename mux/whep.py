"""WHEP (RFC 9725): a browser asks for a stream with its SDP offer and a live ticket."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware

from mux.http_errors import install
from mux.hub import Admitted
from mux.offer import MAX_OFFER_BYTES, Offer, parse_offer
from shared.errors import BadInput, TooLarge, Unsupported
from shared.ids import StreamId
from shared.tickets import Action, Ticket, TicketVerifier, bearer

_SDP = "application/sdp"


class Viewers(Protocol):
    """Who lets viewers in and out; see `mux.hub.Hub`."""

    def admit(self, ticket: Ticket, stream: StreamId, offer: Offer) -> Admitted: ...

    def leave(self, id: str) -> None: ...


def make_app(viewers: Viewers, verifier: TicketVerifier, origins: Sequence[str]) -> FastAPI:
    """The HTTP of mux. `origins` are the web origins whose pages may use it."""
    app = FastAPI(title="Beffroi mux", openapi_url=None, docs_url=None, redoc_url=None)
    install(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["POST", "DELETE", "OPTIONS"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Location"],
        max_age=600,
    )

    @app.post("/whep/{commune}/{camera}/{kind}")
    async def ask(request: Request, commune: str, camera: str, kind: str) -> Response:
        """Start a viewer: 201 with the answer, and the session's path in Location."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        ticket = verifier.verify(bearer(request.headers.get("authorization")), Action.LIVE, str(stream))
        admitted = viewers.admit(ticket, stream, parse_offer(await _offer_text(request)))
        headers = {"Location": f"/whep/sessions/{admitted.id}", "Cache-Control": "no-store"}
        return Response(admitted.answer, 201, headers, _SDP)

    @app.delete("/whep/sessions/{session}")
    async def leave(session: str) -> Response:
        """End a viewer. The path was told to its owner only, and is as good as a password."""
        viewers.leave(session)
        return Response(status_code=200)

    return app


async def _offer_text(request: Request) -> str:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _SDP:
        raise Unsupported(f"the offer must come as {_SDP}, not as {media_type or 'nothing named'}")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_OFFER_BYTES:
            raise TooLarge(f"the offer is longer than {MAX_OFFER_BYTES} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadInput("the offer is not UTF-8 text", "sdp") from error
