"""Who is asking: a person by the session cookie, a worker or the recorder by a bearer token."""

from contextlib import suppress
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from control_room.access.callers import Caller
from control_room.db.paging import Asked
from control_room.db.sessions import Session
from control_room.db.workers import KnownWorker
from control_room.desk import Desk
from control_room.names import token_hash
from shared.errors import Conflict, NotFound, Unauthenticated
from shared.messages.ingest import TAP_KEY_HEADER
from shared.reasons import why

COOKIE = "beffroi_session"
MAX_PAGE = 200
_MAX_TOKEN_CHARS = 200

_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signIn.")
_worker = HTTPBearer(scheme_name="worker", auto_error=False, description="Credential of a commune's worker.")
_recorder = HTTPBearer(scheme_name="recorder", auto_error=False, description="Credential of storage.")
_Bearer = HTTPAuthorizationCredentials | None


def desk_of(request: Request) -> Desk:
    """The desk of the application that got the request."""
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]


def client_of(request: Request) -> str:
    """The network address a request comes from."""
    return request.client.host if request.client is not None else ""


async def found_session(desk: TheDesk, token: Annotated[str | None, Security(_cookie)]) -> Session:
    """The session of the cookie. Raises Unauthenticated, or Unavailable."""
    if not token or len(token) > _MAX_TOKEN_CHARS:
        raise Unauthenticated(why("sign-in-first", "sign in first"))
    session = await desk.sessions.find(token)
    if session is None:
        raise Unauthenticated(why("session-over", "the session is over: sign in again"))
    return session


TheSession = Annotated[Session, Depends(found_session)]


async def signed_in(request: Request, desk: TheDesk, session: TheSession) -> Caller:
    """The person of the session, with their rights as they are now."""
    try:
        async with desk.db.read() as tx:
            person = await tx.people.get(session.person)
    except NotFound as error:
        raise Unauthenticated(why("account-gone", "this account is no more")) from error
    if not person.enabled or person.rights_version != session.rights_version:
        raise Unauthenticated(why("rights-changed", "your rights have changed: sign in again"))
    return Caller(person, session.id, client_of(request), session.until_s)


_TapKey = Annotated[
    str | None,
    Header(
        alias=TAP_KEY_HEADER,
        pattern=r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$",
        description="The worker's public tap key, in Z85: it ends with the last credential it was told with.",
    ),
]


async def worker_asking(
    desk: TheDesk, credentials: Annotated[_Bearer, Security(_worker)], tap_key: _TapKey = None
) -> KnownWorker:
    """The worker whose credential comes with the request."""
    if credentials is None:
        raise Unauthenticated(
            why("worker-credential-needed", "a worker's credential is needed: Authorization: Bearer")
        )
    async with desk.db.read() as tx:
        worker = await tx.workers.by_token(token_hash(credentials.credentials), tap_key)
    if worker is None:
        raise Unauthenticated(
            why("worker-credential-unknown", "this worker credential is unknown or was taken back")
        )
    if worker.news and tap_key is not None:
        # Another request of the same worker may have told it meanwhile.
        with suppress(Conflict):
            async with desk.db.write() as tx:
                await tx.workers.tells(worker, tap_key)
        desk.lessor.wake()
    desk.states.worker_spoke(worker.id)
    return worker


async def recorder_asking(desk: TheDesk, credentials: Annotated[_Bearer, Security(_recorder)]) -> None:
    """Return when the recorder's credential comes with the request."""
    if credentials is None:
        raise Unauthenticated(
            why("recorder-credential-needed", "the recorder's credential is needed: Authorization: Bearer")
        )
    if not compare_digest(token_hash(credentials.credentials), desk.recorder_token_hash):
        raise Unauthenticated(why("recorder-credential-wrong", "this is not the recorder's credential"))


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
