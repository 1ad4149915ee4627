"""WHEP: a browser asks for a stream with its SDP offer and a live ticket (after RFC 9725)."""

from collections.abc import Sequence
from typing import Annotated, Protocol

from fastapi import FastAPI, Header, Request, Response
from starlette.middleware.cors import CORSMiddleware

from mux.sdp.fragment import MAX_FRAGMENT_BYTES, MEDIA_TYPE, parse_fragment
from mux.sdp.offer import MAX_OFFER_BYTES, IceUser, Offer, parse_offer
from mux.sessions.admission import Admitted
from mux.whep import document
from mux.whep.bodies import LEASE, SDP, created, text_of
from mux.whep.http_errors import install
from mux.whep.turnstile import LEASE_PATH
from mux.whep.wall_http import Arranged, install_walls
from mux.whep.walls import Renewed
from shared.ids import StreamId
from shared.leases import MAX_LEASE_CHARS
from shared.tickets import Action, Ticket, TicketVerifier, bearer

IfMatch = Annotated[str | None, Header(description="Which ICE session is meant, or *.")]


class Viewers(Protocol):
    """Lets viewers in and out; see `mux.sessions.session_registry.SessionRegistry`."""

    def admit(self, ticket: Ticket, stream: StreamId, offer: Offer) -> Admitted: ...

    def admit_wall(self, ticket: Ticket, offer: Offer) -> Admitted: ...

    def leave(self, id: str) -> None: ...

    def take_lease(self, token: str) -> None: ...


class Sessions(Arranged, Protocol):
    """What may be asked of a session; see `mux.whep.walls.Walls`."""

    def renew(self, id: str, remote: IceUser | None, if_match: str | None) -> Renewed: ...


def make_app(
    viewers: Viewers, sessions: Sessions, verifier: TicketVerifier, origins: Sequence[str]
) -> FastAPI:
    """The HTTP of mux. `origins` are the web origins whose pages may use it."""
    app = FastAPI(
        title="Beffroi mux",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        default_response_class=Response,
    )
    install(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=["Authorization", "Content-Type", "If-Match"],
        expose_headers=["Location", "ETag", "Link"],
        max_age=600,
    )

    # First: a session's own paths look like a stream's.
    install_walls(app, viewers.admit_wall, sessions, verifier)

    @app.post("/whep/{commune}/{camera}/{kind}", **document.ASK)
    async def ask(request: Request, commune: str, camera: str, kind: str) -> Response:
        """Start a viewer: 201 with the answer, and the session's path in Location."""
        stream = StreamId.parse(f"{commune}/{camera}/{kind}")
        ticket = verifier.verify(bearer(request.headers.get("authorization")), Action.LIVE, str(stream))
        offer = parse_offer(await text_of(request, SDP, MAX_OFFER_BYTES))
        return created(viewers.admit(ticket, stream, offer))

    @app.put(LEASE_PATH, **document.LEASE)
    async def lease(request: Request) -> Response:
        """Take what control_room says of rights; it is its own credential."""
        viewers.take_lease(await text_of(request, LEASE, MAX_LEASE_CHARS))
        return Response(status_code=204)

    @app.patch("/whep/sessions/{session}", **document.RENEW)
    async def renew(request: Request, session: str, if_match: IfMatch = None) -> Response:
        """Restart ICE (200 with our fragment), or take candidates that are not needed (204)."""
        remote = parse_fragment(await text_of(request, MEDIA_TYPE, MAX_FRAGMENT_BYTES))
        renewed = sessions.renew(session, remote, if_match)
        headers = {"ETag": renewed.etag, "Cache-Control": "no-store"}
        if renewed.fragment is None:
            return Response(None, 204, headers)
        return Response(renewed.fragment, 200, headers, MEDIA_TYPE)

    @app.delete("/whep/sessions/{session}", **document.LEAVE)
    async def leave(session: str) -> Response:
        """End a viewer. The path was told to its owner only, and is as good as a password."""
        viewers.leave(session)
        return Response(status_code=200)

    return app
