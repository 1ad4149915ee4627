"""Signing in: slowed, equally slow for everybody, journaled."""

from dataclasses import dataclass

from control_room.identity.room import Identity
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.people import Person, Session
from shared import metrics
from shared.errors import Unauthenticated
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who got in, their session and its token, and the value of the cookie their browser is known by."""

    person: Person
    session: Session
    token: str
    device: str


async def sign_in(
    identity: Identity,
    login: str,
    password: str,
    client: str,
    cookie: str | None = None,
    before: str | None = None,
) -> SignedIn:
    """Open a session. `cookie` is what the browser got when it signed in to this login before, `before` the
    token of the session it had so far, which ends.

    Raises TooManyRequests, BusUnavailable, or Unauthenticated with the same words for an unknown login, a
    wrong password and an account that is switched off.
    """
    device = identity.devices.read(login, cookie)
    await identity.throttle.admit(login, client, device)
    async with identity.access.db.read() as tx:
        found = await tx.people.by_login(login)
    person, kept = found if found is not None else (None, None)
    right = await identity.passwords.matches(kept, password, known=device is not None)
    if person is None or not right or not person.enabled:
        await _journal(identity, _refusal(person, right, client))
        raise Unauthenticated(why("sign-in-wrong", "the login or the password is wrong"))
    await identity.throttle.succeeded(login, client, device)
    token, session = await identity.sessions.open(person)
    await _journal(identity, _event(person, Outcome.DONE, client, session=session.id))
    if before:
        await identity.sessions.forget(before)
        identity.access.lessor.wake()
    return SignedIn(person, session, token, identity.devices.new(login, device))


def _refusal(person: Person | None, right: bool, client: str) -> AuditEvent:
    # An unknown login is not written down: people type their password there by mistake.
    if person is None:
        nobody = AuditEvent(AuditAction.SIGN_IN, Outcome.REFUSED, client=client)
        return nobody.telling(why("login-unknown", "unknown login"), Outcome.REFUSED)
    detail = (
        why("account-switched-off", "the account is switched off")
        if right
        else why("password-wrong", "wrong password")
    )
    return _event(person, Outcome.REFUSED, client).telling(detail, Outcome.REFUSED)


def _event(person: Person, outcome: Outcome, client: str, *, session: str = "") -> AuditEvent:
    return AuditEvent(
        AuditAction.SIGN_IN,
        outcome,
        person.id,
        person.login,
        person.role,
        session=session,
        client=client,
    )


async def _journal(identity: Identity, event: AuditEvent) -> None:
    tries = metrics.counter(
        "control_room_sign_ins_total", "Tries to sign in whose password was looked at", ["outcome"]
    )
    tries.labels(event.outcome).inc()
    async with identity.access.db.write() as tx:
        await tx.journal.write(identity.access.now(), event)
