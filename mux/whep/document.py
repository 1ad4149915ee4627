"""What the routes of mux say of themselves in its OpenAPI document, and the document."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from mux.sdp.fragment import MEDIA_TYPE
from shared.messages.live import MuxLoad, NamedViewers, ViewerStatistics
from shared.openapi import Members, completed, headers, json_of, said, schemas, text_of

_SDP = text_of("application/sdp")
_FRAGMENT = text_of(MEDIA_TYPE)
_TAG = headers(ETag="Of the ICE session (RFC 9725, section 4.3.1).")
_CREATED: Members = {
    "description": "The SDP answer.",
    "content": _SDP,
    "headers": {**_TAG, **headers(Location="The path of the session, as good as a password.")},
}
_STATISTICS: Members = {
    "description": "How its tiles arrive.",
    "content": json_of("ViewerStatistics"),
}
# What any offer may be answered with: too many viewers among them, or nobody who confirms rights.
_OFFERED = (400, 401, 403, 404, 413, 415, 429, 503)


ASK = said("watchStream", {201: _CREATED}, _OFFERED, takes=_SDP, ticket=True)
OPEN_WALL = said("openWall", {201: _CREATED}, _OFFERED, takes=_SDP, ticket=True)
LEASE = said(
    "takeLease",
    {204: {"description": "It is kept."}},
    (400, 403, 413, 415),
    takes=text_of("text/plain"),
)
RENEW = said(
    "renewSession",
    {
        200: {"description": "Our own fragment: ICE begins anew.", "content": _FRAGMENT, "headers": _TAG},
        204: {"description": "Candidates are not needed.", "headers": _TAG},
    },
    (400, 404, 412, 413, 415, 428, 429),
    takes=_FRAGMENT,
)
LEAVE = said("leaveSession", {200: {"description": "It has ended."}}, (404, 429))
ARRANGE = said(
    "arrangeTiles",
    {200: _STATISTICS},
    (400, 401, 403, 404, 409, 413, 415, 429, 503),
    takes=json_of("Arrangement"),
    ticket=True,
)
REPORT = said("reportTiles", {200: _STATISTICS}, (400, 404, 413, 415, 429), takes=json_of("Report"))
LOAD = said("load", {200: {"description": "How busy it is.", "content": json_of("MuxLoad")}}, (429,))
VIEWERS = said(
    "viewers",
    {200: {"description": "Every viewer's statistics.", "content": json_of("NamedViewers")}},
    (401, 403, 429),
    ticket=True,
)


def document(app: FastAPI, *taken: type) -> Members:
    """The document of `app`, the same for the same code; `taken` are the messages it takes."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
    return completed(made, schemas(taken=taken, given=(ViewerStatistics, NamedViewers, MuxLoad)))
