"""The HTTP door of storage: which pages may ask, how errors look, and the routes."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from storage.http import http_errors

EXPOSED = (
    "X-Beffroi-From",
    "X-Beffroi-To",
    "X-Beffroi-Codec",
    "X-Beffroi-Transcoded",
    "X-Beffroi-Complete",
    "X-Beffroi-Next",
    "X-Beffroi-Pictures",
    "X-Beffroi-Clock",
    "X-Beffroi-Uncertainty",
    "Content-Disposition",
    "Content-Range",
)


def build_app(routers: Sequence[APIRouter], allowed_origins: str) -> FastAPI:
    """The application. `allowed_origins`: web origins separated by commas."""
    app = FastAPI(title="Beffroi storage", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    http_errors.install(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[origin.strip() for origin in allowed_origins.split(",") if origin.strip()],
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Range"],
        expose_headers=list(EXPOSED),
        max_age=600,
    )
    for router in routers:
        app.include_router(router)
    return app
