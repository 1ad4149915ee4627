"""Signing in: slowed, equally slow for everybody, journaled."""

from dataclasses import dataclass

from control_room.db.sessions import Session
from control_room.desk import Desk
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.people import Person
from shared.errors import Unauthenticated
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who got in, their session and its token, and the value of the cookie their browser is known by."""

    person: Person
    session: Session
    token: str
    device: str


async def sign_in(desk: Desk, login: str, password: str, client: str, cookie: str | None = None) -> SignedIn:
    """Open a session. `cookie` is what the browser got when it signed in to this login before.

    Raises TooManyRequests, BusUnavailable, or Unauthenticated with the same words for an unknown login, a
    wrong password and an account that is switched off.
    """
    device = desk.devices.read(login, cookie)
    await desk.throttle.admit(login, client, device)
    async with desk.db.read() as tx:
        found = await tx.people.by_login(login)
    person, kept = found if found is not None else (None, None)
    right = await desk.passwords.matches(kept, password, known=device is not None)
    if person is None or not right or not person.enabled:
        desk.counters.sign_ins.labels(Outcome.REFUSED).inc()
        await _refuse(desk, person, right, client)
        raise Unauthenticated(why("sign-in-wrong", "the login or the password is wrong"))
    desk.counters.sign_ins.labels(Outcome.DONE).inc()
    await desk.throttle.succeeded(login, client, device)
    token, session = await desk.sessions.open(person)
    event = AuditEvent(
        "sign-in", Outcome.DONE, person.id, person.login, person.role, session=session.id, client=client
    )
    async with desk.db.write() as tx:
        await tx.journal.write(desk.now(), event)
    return SignedIn(person, session, token, desk.devices.new(login, device))


async def _refuse(desk: Desk, person: Person | None, right: bool, client: str) -> None:
    # An unknown login is not written down: people type their password there by mistake.
    if person is None:
        event = AuditEvent("sign-in", Outcome.REFUSED, client=client, detail="unknown login")
    else:
        detail = "the account is switched off" if right else "wrong password"
        event = AuditEvent(
            "sign-in", Outcome.REFUSED, person.id, person.login, person.role, client=client, detail=detail
        )
    async with desk.db.write() as tx:
        await tx.journal.write(desk.now(), event)
