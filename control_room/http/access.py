"""Who is asking: a person by the session cookie, a worker or the recorder by a bearer token."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from control_room.model import Person
from shared.errors import Unauthenticated

COOKIE = "beffroi_session"
MAX_PAGE = 200

_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by signIn.")
_worker = HTTPBearer(scheme_name="worker", auto_error=False, description="Credential of a commune's worker.")
_recorder = HTTPBearer(scheme_name="recorder", auto_error=False, description="Credential of storage.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, the public id of the session and the network address."""

    person: Person
    session: str
    client: str


async def signed_in(request: Request, token: Annotated[str | None, Security(_cookie)]) -> Caller:
    raise Unauthenticated("sign in first")


async def worker_asking(request: Request, credentials: Annotated[object, Security(_worker)]) -> str:
    raise Unauthenticated("a worker credential is needed")


async def recorder_asking(request: Request, credentials: Annotated[object, Security(_recorder)]) -> None:
    raise Unauthenticated("the recorder's credential is needed")


SignedIn = Annotated[Caller, Depends(signed_in)]
WorkerAsking = Annotated[str, Depends(worker_asking)]
RecorderAsking = Annotated[None, Depends(recorder_asking)]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most items on one page.")]
