"""The FastAPI application, made from its routes. Making it connects to nothing."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from control_room.http import page
from control_room.http.document import Document, document
from control_room.http.http_errors import handle_errors
from control_room.http.rooms import Rooms
from control_room.http.routes import (
    access_requests,
    cameras,
    communes,
    destructions,
    exports,
    holds,
    images,
    journal,
    machines,
    people,
    requisitions,
    session,
    storage,
    viewers,
    wall,
)
from control_room.http.shield import Shield

BASE = "/api/v1"
_NOUNS = (
    session,
    communes,
    cameras,
    images,
    wall,
    viewers,
    people,
    exports,
    holds,
    requisitions,
    access_requests,
    destructions,
    storage,
    journal,
    machines,
)
_DESCRIPTION = """\
People, communes, cameras, tickets to images, exports and the journal of a supervision centre.

What people change, they change with `X-Beffroi: 1` and a JSON body. Errors are RFC 9457 problems."""


def create_app() -> FastAPI:
    """The application, as its document describes it."""
    app = FastAPI(
        title="Beffroi control room",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{BASE}/openapi.json",
    )
    api = APIRouter(prefix=BASE)
    for noun in _NOUNS:
        api.include_router(noun.router)
    app.include_router(api)
    # Last, as it takes every address that is left.
    app.include_router(page.router)
    handle_errors(app)

    def describe() -> Document:
        app.openapi_schema = app.openapi_schema or document(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's own way to replace its document
    return app


def serving_app(rooms: Rooms, web_dir: Path, app: FastAPI | None = None) -> ASGIApp:
    """The application with its rooms and its page, and the shield around both; `app` is one already made."""
    app = app or create_app()
    app.state.rooms = rooms
    app.state.web_dir = web_dir.resolve()
    services = (*(place.url for place in rooms.live.muxes.places), rooms.evidence.storage_url)
    return Shield(app, services, https=rooms.secure_cookie)
