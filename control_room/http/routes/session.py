"""Signing in and out."""

from fastapi import APIRouter, Request, Response

from control_room.http.access import SignedIn
from control_room.http.problems import problems
from control_room.http.schemas.people import SessionView, SignIn

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", operation_id="signIn", responses=problems(400, 401, 403, 413, 415, 429, 503))
async def sign_in(request: Request, response: Response, body: SignIn) -> SessionView:
    """Sign in: sets the session cookie. The same answer for an unknown login and a wrong password."""
    raise NotImplementedError


@router.get("", operation_id="whoAmI", responses=problems(401, 503))
async def who_am_i(caller: SignedIn) -> SessionView:
    """Who is signed in."""
    raise NotImplementedError


@router.delete("", operation_id="signOut", status_code=204, responses=problems(401, 403, 503))
async def sign_out(response: Response, caller: SignedIn) -> None:
    """Sign out: the session ends, and with it every picture it watches."""
    raise NotImplementedError
