"""Who is asking: a person by the token of their session, storage by its credential."""

from hmac import compare_digest

from control_room.access.callers import Caller
from control_room.identity.room import Identity
from control_room.model.names import token_hash
from control_room.model.people import Session
from shared.errors import NotFound, Unauthenticated
from shared.reasons import why

_MAX_TOKEN_CHARS = 200


async def find_session(identity: Identity, token: str | None) -> Session:
    """The session of a token. Raises Unauthenticated, or Unavailable."""
    if not token or len(token) > _MAX_TOKEN_CHARS:
        raise Unauthenticated(why("sign-in-first", "sign in first"))
    session = await identity.sessions.find(token)
    if session is None:
        raise Unauthenticated(why("session-over", "the session is over: sign in again"))
    return session


async def find_caller(identity: Identity, session: Session, client: str) -> Caller:
    """The person of a session, with their rights as they are now. Raises Unauthenticated."""
    try:
        async with identity.access.db.read() as tx:
            person = await tx.people.get(session.person)
    except NotFound as error:
        raise Unauthenticated(why("account-gone", "this account is no more")) from error
    if not person.enabled or person.rights_version != session.rights_version:
        raise Unauthenticated(why("rights-changed", "your rights have changed: sign in again"))
    return Caller(person, session.id, client, session.until_s)


def check_recorder(identity: Identity, credential: str | None) -> None:
    """Return when this is the recorder's credential. Raises Unauthenticated."""
    if credential is None:
        raise Unauthenticated(
            why("recorder-credential-needed", "the recorder's credential is needed: Authorization: Bearer")
        )
    if not compare_digest(token_hash(credential), identity.recorder_token_hash):
        raise Unauthenticated(why("recorder-credential-wrong", "this is not the recorder's credential"))
