"""Signing in and out."""

from fastapi import APIRouter, Request, Response

from control_room.http.access import COOKIE, SignedIn, TheRooms, TheSession, client_of
from control_room.http.problems import problems
from control_room.http.rooms import Rooms
from control_room.http.schemas.people import SessionView, SignIn
from control_room.http.views import person_view
from control_room.identity import sign_in as signing_in
from control_room.identity import sign_out as signing_out
from control_room.identity.devices import LIFE_S
from control_room.model.people import Person, Session
from control_room.model.times import utc_from_s

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", operation_id="signIn", responses=problems(400, 401, 403, 413, 415, 429, 503))
async def sign_in(request: Request, response: Response, rooms: TheRooms, body: SignIn) -> SessionView:
    """Sign in: sets the session cookie, and one by which this browser is known later.

    The same answer for an unknown login and a wrong password.
    """
    device = rooms.identity.devices.cookie_name(body.login)
    opened = await signing_in.sign_in(
        rooms.identity,
        body.login,
        body.password.get_secret_value(),
        client_of(request),
        request.cookies.get(device),
        request.cookies.get(COOKIE),
    )
    response.set_cookie(
        COOKIE, opened.token, httponly=True, samesite="strict", secure=rooms.secure_cookie, path="/"
    )
    response.set_cookie(
        device,
        opened.device,
        max_age=LIFE_S,
        httponly=True,
        samesite="strict",
        secure=rooms.secure_cookie,
        path=request.url.path,
    )
    return _view(rooms, opened.person, opened.session)


@router.get("", operation_id="whoAmI", responses=problems(401, 503))
async def who_am_i(rooms: TheRooms, caller: SignedIn, session: TheSession) -> SessionView:
    """Who is signed in."""
    return _view(rooms, caller.person, session)


@router.delete("", operation_id="signOut", status_code=204, responses=problems(401, 403, 503))
async def sign_out(response: Response, rooms: TheRooms, caller: SignedIn) -> None:
    """Sign out: the session ends, and with it every picture it watches."""
    await signing_out.sign_out(rooms.identity, caller)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=rooms.secure_cookie, path="/")


def _view(rooms: Rooms, person: Person, session: Session) -> SessionView:
    return SessionView(
        person=person_view(person),
        session=session.id,
        until=utc_from_s(session.until_s),
        idle_s=rooms.identity.sessions.idle_s,
    )
