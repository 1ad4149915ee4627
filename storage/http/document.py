"""What the routes of storage say of themselves in its OpenAPI document, and the document."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.messages.desk import HandOver, Surveyed, SurveyOrder
from shared.messages.edge import EdgeReport, EdgeWanted, SegmentOffer, UploadState
from shared.messages.storage import (
    ClockConfirmed,
    ExportOrder,
    ExportProgress,
    FollowedMask,
    FollowOrder,
    HoldOrder,
    HoldPlaced,
)
from shared.openapi import Members, completed, schemas
from storage.model.fetch import FetchState

_LISTING: Members = {
    "title": "Listing",
    "description": "What exists of a stream in a range, and what is missing.",
    "type": "object",
    "required": ["stream", "from", "to", "ranges", "gaps", "recording", "codec", "until"],
    "properties": {
        "stream": {"type": "string"},
        "from": {"type": "string", "format": "date-time"},
        "to": {"type": "string", "format": "date-time"},
        "ranges": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["from", "to", "run"],
                "properties": {
                    "from": {"type": "string", "format": "date-time"},
                    "to": {"type": "string", "format": "date-time"},
                    "run": {"type": "integer"},
                },
            },
        },
        "gaps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["from", "to", "fetch"],
                "properties": {
                    "from": {"type": "string", "format": "date-time"},
                    "to": {"type": "string", "format": "date-time"},
                    "fetch": {"enum": [str(one) for one in FetchState]},
                },
            },
        },
        "recording": {"type": "boolean"},
        "codec": {"type": "string"},
        "until": {"type": ["string", "null"], "format": "date-time"},
    },
}
_CALENDAR: Members = {
    "title": "Calendar",
    "description": "Of each stretch between two borders, whether anything is recorded.",
    "type": "object",
    "required": ["recorded"],
    "properties": {"recorded": {"type": "array", "items": {"type": "boolean"}}},
}
_MESSAGES = {
    "taken": (
        *(ExportOrder, HoldOrder, ClockConfirmed, FollowOrder, SurveyOrder, HandOver),
        *(EdgeReport, SegmentOffer),
    ),
    "given": (ExportProgress, HoldPlaced, FollowedMask, Surveyed, EdgeWanted, UploadState),
}


def document(app: FastAPI) -> Members:
    """The document of `app`, the same for the same code."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
    return completed(made, {**schemas(**_MESSAGES), "Listing": _LISTING, "Calendar": _CALENDAR})
