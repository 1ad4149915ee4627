"""Sessions: opened, found by their token, ended."""

from control_room.db.engine import Database
from control_room.model.names import Names, token_hash
from control_room.model.people import Person, Session
from shared.clock import Clock

_SECOND_NS = 1_000_000_000
# Renewing the idle time at each request would write as often as the page polls.
_RENEW_PART = 10


class Sessions:
    """Opens, finds and ends sessions. Every call raises Unavailable when the database does not answer.

    Sessions do not need Redis: without it, people who are signed in go on, and an administrator among them
    can end what others may see.
    """

    def __init__(self, db: Database, clock: Clock, names: Names, *, idle_s: int, absolute_s: int) -> None:
        self._db = db
        self._clock = clock
        self._names = names
        self.idle_s = idle_s
        self.absolute_s = absolute_s

    async def open(self, person: Person) -> tuple[str, Session]:
        """A new session and its token; the token is kept nowhere."""
        token = self._names.token()
        now_s = self._now_s()
        session = Session(
            self._names.new("s"), person.id, person.rights_version, now_s + self.absolute_s, now_s
        )
        async with self._db.write() as tx:
            await tx.sessions.sweep(now_s, self.idle_s)
            await tx.sessions.add(session, token_hash(token))
        return token, session

    async def find(self, token: str) -> Session | None:
        """The session of a token, its idle time begun anew; None when there is none or it is over."""
        async with self._db.read() as tx:
            session = await tx.sessions.by_token(token_hash(token))
        now_s = self._now_s()
        if session is None or now_s >= session.until_s or now_s - session.renewed_s >= self.idle_s:
            return None
        if now_s - session.renewed_s >= self.idle_s // _RENEW_PART:
            async with self._db.write() as tx:
                await tx.sessions.renew(session.id, now_s)
        return session

    async def living(self) -> dict[str, int]:
        """The public ids of the sessions that hold, each with its end in UTC seconds."""
        async with self._db.read() as tx:
            return await tx.sessions.living(self._now_s(), self.idle_s)

    async def forget(self, token: str) -> None:
        """End whatever session a token has, as somebody signs in anew."""
        async with self._db.write() as tx:
            session = await tx.sessions.by_token(token_hash(token))
            if session is not None:
                await tx.sessions.end(session.id)

    def _now_s(self) -> int:
        return self._clock.utc_ns() // _SECOND_NS
