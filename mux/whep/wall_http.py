"""The HTTP of walls, of what pages report, and of how busy this process is."""

from collections.abc import Callable, Sequence
from typing import Annotated, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field, TypeAdapter

from mux.sdp.offer import MAX_WALL_OFFER_BYTES, MOST_TILES, Offer, parse_wall_offer
from mux.sessions.admission import Admitted
from mux.sessions.page_counts import PageCounts
from mux.whep import document
from mux.whep.bodies import SDP, created, json_of, text_of
from mux.whep.walls import Wish
from shared.messages.codec import encode
from shared.messages.live import MuxLoad, NamedViewers, ViewerStatistics
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketVerifier, bearer

VIEWERS_RESOURCE = "viewers"
_MOST_PIXELS = 16384
_MOST_MS = 86_400_000
_Count = Annotated[int, Field(ge=0, le=2**31)]
_Milliseconds = Annotated[float, Field(ge=0, le=_MOST_MS)]
_Pixels = Annotated[int, Field(ge=0, le=_MOST_PIXELS)]
_Mid = Annotated[str, Field(max_length=256)]


class Arranged(Protocol):
    """What may be asked of a wall; see `mux.whep.walls.Walls`."""

    def arrange(self, id: str, ticket: Ticket | None, wishes: Sequence[Wish]) -> ViewerStatistics: ...

    def reported(self, id: str, counts: dict[str, PageCounts]) -> ViewerStatistics: ...

    def load(self) -> MuxLoad: ...

    def everybody(self) -> NamedViewers: ...


class TileWish(BaseModel):
    """One tile; a camera of null empties it, and what is not said stays."""

    mid: _Mid
    camera: str | None = None
    width: _Pixels = 0
    height: _Pixels = 0

    def wish(self) -> Wish:
        said = self.model_fields_set
        size = (self.width, self.height) if said & {"width", "height"} else None
        return Wish(self.mid, "camera" in said, self.camera, size)


class Arrangement(BaseModel):
    """What tiles are to show."""

    tiles: Annotated[list[TileWish], Field(max_length=MOST_TILES)]


class TileReport(BaseModel):
    """What a page counts of one tile."""

    mid: _Mid
    freezes: _Count = 0
    freeze_ms: _Milliseconds = 0.0
    first_frame_ms: _Milliseconds | None = None
    dropped: _Count = 0


class Report(BaseModel):
    """What a page counts of its tiles."""

    tiles: Annotated[list[TileReport], Field(max_length=MOST_TILES)]


_ARRANGEMENT = TypeAdapter(Arrangement)
_REPORT = TypeAdapter(Report)


def install_walls(
    app: FastAPI,
    admit: Callable[[Ticket, Offer], Admitted],
    walls: Arranged,
    verifier: TicketVerifier,
) -> None:
    """Add the routes to an application."""

    def ticket_of(request: Request, action: Action, resource: str) -> Ticket:
        return verifier.verify(bearer(request.headers.get("authorization")), action, resource)

    @app.post("/wall", **document.OPEN_WALL)
    async def open_wall(request: Request) -> Response:
        """Start a wall: 201 as for WHEP, a section a tile."""
        ticket = ticket_of(request, Action.WALL, WALL_RESOURCE)
        text = await text_of(request, SDP, MAX_WALL_OFFER_BYTES)
        return created(admit(ticket, parse_wall_offer(text)))

    @app.put("/whep/sessions/{session}/tiles", **document.ARRANGE)
    async def arrange(request: Request, session: str) -> Response:
        """Give tiles other cameras or sizes: 200 with the statistics. A ticket is needed to show a camera."""
        arrangement = await json_of(request, _ARRANGEMENT)
        shows = any(one.camera is not None for one in arrangement.tiles)
        ticket = ticket_of(request, Action.WALL, WALL_RESOURCE) if shows else None
        return _json(walls.arrange(session, ticket, [one.wish() for one in arrangement.tiles]))

    @app.post("/whep/sessions/{session}/report", **document.REPORT)
    async def report(request: Request, session: str) -> Response:
        """Take what the page counts: 200 with the statistics. The path is as good as a password."""
        said = await json_of(request, _REPORT)
        counts = {
            one.mid: PageCounts(one.freezes, one.freeze_ms, one.first_frame_ms, one.dropped)
            for one in said.tiles
        }
        return _json(walls.reported(session, counts))

    @app.get("/load", **document.LOAD)
    async def load() -> Response:
        """How busy this process is."""
        return _json(walls.load())

    @app.get("/viewers", **document.VIEWERS)
    async def viewers(request: Request) -> Response:
        """Every viewer's statistics, for control_room."""
        ticket_of(request, Action.STATUS, VIEWERS_RESOURCE)
        return _json(walls.everybody())


_NOT_KEPT = {"Cache-Control": "no-store"}


def _json(message: object) -> Response:
    return Response(encode(message), 200, _NOT_KEPT, "application/json")
