"""The FastAPI application, made from its routes. Making it connects to nothing."""

from fastapi import APIRouter, FastAPI

from control_room.http.document import Document, document
from control_room.http.routes import cameras, communes, journal, machines, orders, people, session

BASE = "/api/v1"
_DESCRIPTION = (
    "People, communes, cameras, tickets to images, exports and the journal of a supervision centre."
)


def create_app() -> FastAPI:
    """The application."""
    app = FastAPI(
        title="Beffroi control room",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{BASE}/openapi.json",
    )
    api = APIRouter(prefix=BASE)
    for noun in (session, communes, cameras, people, orders, journal, machines):
        api.include_router(noun.router)
    app.include_router(api)

    def describe() -> Document:
        app.openapi_schema = app.openapi_schema or document(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's own way to replace its document
    return app
