"""What the routes of storage say of themselves in its OpenAPI document, and the document."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.gap_causes import GapCause
from shared.messages.desk import HandOver, Surveyed, SurveyOrder
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
                "required": ["from", "to", "cause"],
                "properties": {
                    "from": {"type": "string", "format": "date-time"},
                    "to": {"type": "string", "format": "date-time"},
                    "cause": {"type": "string", "enum": [cause.value for cause in GapCause]},
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
    "taken": (ExportOrder, HoldOrder, ClockConfirmed, FollowOrder, SurveyOrder, HandOver),
    "given": (ExportProgress, HoldPlaced, FollowedMask, Surveyed),
}


def document(app: FastAPI) -> Members:
    """The document of `app`, the same for the same code."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
    return completed(made, {**schemas(**_MESSAGES), "Listing": _LISTING, "Calendar": _CALENDAR})
