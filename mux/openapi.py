"""`python -m mux.openapi` prints the OpenAPI document; needs no settings, socket or connection."""

from typing import TypeVar

from mux.sessions.session_registry import SessionRegistry
from mux.whep.document import document
from mux.whep.routes import make_app
from mux.whep.wall_http import Arrangement, Report
from mux.whep.walls import Walls
from shared.openapi import Members, print_document
from shared.tickets import TicketVerifier

Part = TypeVar("Part")


def described() -> Members:
    """The document of the application; nobody answers behind its routes."""
    app = make_app(_nobody(SessionRegistry), _nobody(Walls), _nobody(TicketVerifier), [])
    return document(app, Arrangement, Report)


def _nobody(kind: type[Part]) -> Part:
    return kind.__new__(kind)


if __name__ == "__main__":
    print_document(described())
