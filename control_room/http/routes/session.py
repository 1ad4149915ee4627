"""Signing in and out."""

from fastapi import APIRouter, Request, Response

from control_room.db.sessions import Session
from control_room.desk import Desk
from control_room.http.access import COOKIE, SignedIn, TheDesk, TheSession, client_of
from control_room.http.problems import problems
from control_room.http.schemas.people import SessionView, SignIn
from control_room.http.views import person_view
from control_room.identity.devices import LIFE_S
from control_room.identity.sign_in import sign_in as open_session
from control_room.model.people import Person
from control_room.model.times import utc_from_s

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", operation_id="signIn", responses=problems(400, 401, 403, 413, 415, 429, 503))
async def sign_in(request: Request, response: Response, desk: TheDesk, body: SignIn) -> SessionView:
    """Sign in: sets the session cookie, and one by which this browser is known later.

    The same answer for an unknown login and a wrong password.
    """
    device = desk.devices.cookie_name(body.login)
    opened = await open_session(
        desk, body.login, body.password.get_secret_value(), client_of(request), request.cookies.get(device)
    )
    before = request.cookies.get(COOKIE)
    if before:
        await desk.sessions.forget(before)
        desk.lessor.wake()
    response.set_cookie(
        COOKIE, opened.token, httponly=True, samesite="strict", secure=desk.secure_cookie, path="/"
    )
    response.set_cookie(
        device,
        opened.device,
        max_age=LIFE_S,
        httponly=True,
        samesite="strict",
        secure=desk.secure_cookie,
        path=request.url.path,
    )
    return _view(desk, opened.person, opened.session)


@router.get("", operation_id="whoAmI", responses=problems(401, 503))
async def who_am_i(desk: TheDesk, caller: SignedIn, session: TheSession) -> SessionView:
    """Who is signed in."""
    return _view(desk, caller.person, session)


@router.delete("", operation_id="signOut", status_code=204, responses=problems(401, 403, 503))
async def sign_out(response: Response, desk: TheDesk, caller: SignedIn) -> None:
    """Sign out: the session ends, and with it every picture it watches."""
    async with desk.db.write() as tx:
        await tx.sessions.end(caller.session)
        await tx.journal.write(desk.now(), caller.event("sign-out"))
    desk.lessor.wake()
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=desk.secure_cookie, path="/")


def _view(desk: Desk, person: Person, session: Session) -> SessionView:
    return SessionView(
        person=person_view(person),
        session=session.id,
        until=utc_from_s(session.until_s),
        idle_s=desk.sessions.idle_s,
    )
