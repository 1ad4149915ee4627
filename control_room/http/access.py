"""Who is asking: a person by the session cookie, a worker or the recorder by a bearer token."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from control_room.access.callers import Caller
from control_room.http.rooms import Rooms
from control_room.identity.recognise import check_recorder, find_caller, find_session
from control_room.model.paging import Asked
from control_room.model.people import Session
from control_room.model.territory import KnownWorker
from control_room.territory.workers import find_worker
from shared.messages.ingest import TAP_KEY_HEADER

COOKIE = "beffroi_session"
MAX_PAGE = 200

_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signIn.")
_worker = HTTPBearer(scheme_name="worker", auto_error=False, description="Credential of a commune's worker.")
_recorder = HTTPBearer(scheme_name="recorder", auto_error=False, description="Credential of storage.")
_Bearer = HTTPAuthorizationCredentials | None


def rooms_of(request: Request) -> Rooms:
    """The rooms of the application that got the request."""
    rooms: Rooms = request.app.state.rooms
    return rooms


TheRooms = Annotated[Rooms, Depends(rooms_of)]


def client_of(request: Request) -> str:
    """The network address a request comes from."""
    return request.client.host if request.client is not None else ""


async def found_session(rooms: TheRooms, token: Annotated[str | None, Security(_cookie)]) -> Session:
    """The session of the cookie."""
    return await find_session(rooms.identity, token)


TheSession = Annotated[Session, Depends(found_session)]


async def signed_in(request: Request, rooms: TheRooms, session: TheSession) -> Caller:
    """The person of the session, with their rights as they are now."""
    return await find_caller(rooms.identity, session, client_of(request))


_TapKey = Annotated[
    str | None,
    Header(
        alias=TAP_KEY_HEADER,
        pattern=r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$",
        description="The worker's public tap key, in Z85: it ends with the last credential it was told with.",
    ),
]


async def worker_asking(
    rooms: TheRooms, credentials: Annotated[_Bearer, Security(_worker)], tap_key: _TapKey = None
) -> KnownWorker:
    """The worker whose credential comes with the request."""
    shown = None if credentials is None else credentials.credentials
    return await find_worker(rooms.territory, shown, tap_key)


async def recorder_asking(rooms: TheRooms, credentials: Annotated[_Bearer, Security(_recorder)]) -> None:
    """Return when the recorder's credential comes with the request."""
    check_recorder(rooms.identity, None if credentials is None else credentials.credentials)


def asked_page(
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most items on one page.")] = 50,
) -> Asked:
    """Which page of a list is wanted."""
    return Asked(cursor, limit)


SignedIn = Annotated[Caller, Depends(signed_in)]
WorkerAsking = Annotated[KnownWorker, Depends(worker_asking)]
RecorderAsking = Annotated[None, Depends(recorder_asking)]
AskedPage = Annotated[Asked, Depends(asked_page)]
