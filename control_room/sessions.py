"""Sessions, kept in the bus under the hash of their token: who reads the bus cannot become anybody."""

import json
from dataclasses import dataclass

from control_room.model import Person
from control_room.names import Names, token_hash
from shared.bus import REVOKED, Bus
from shared.clock import Clock

_SECOND_NS = 1_000_000_000
# Renewing the idle time at each request would write as often as the page polls.
_RENEW_PART = 10


@dataclass(frozen=True, slots=True)
class Session:
    """`id` is public (tickets and the journal name it). Ends at `until_s` (UTC seconds) at the latest.

    It is worth nothing once the person's `rights_version` has grown.
    """

    id: str
    person: str
    rights_version: int
    until_s: int
    renewed_s: int


class Sessions:
    """Every call raises BusUnavailable when the bus does not answer."""

    def __init__(self, bus: Bus, clock: Clock, names: Names, *, idle_s: int, absolute_s: int) -> None:
        self._bus = bus
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
        await self._keep(token, session)
        return token, session

    async def find(self, token: str) -> Session | None:
        """The session of a token, its idle time begun anew; None when there is none or it is over."""
        kept = await self._bus.get(_key(token))
        if kept is None:
            return None
        session = Session(**json.loads(kept))
        now_s = self._now_s()
        if now_s >= session.until_s or now_s - session.renewed_s >= self.idle_s:
            await self._bus.delete(_key(token))
            return None
        if now_s - session.renewed_s >= self.idle_s // _RENEW_PART:
            session = Session(session.id, session.person, session.rights_version, session.until_s, now_s)
            await self._keep(token, session)
        return session

    async def close(self, token: str, session_id: str) -> None:
        """End a session, and tell those who serve it pictures."""
        await self._bus.delete(_key(token))
        await self._bus.publish(REVOKED, json.dumps({"session": session_id}).encode())

    async def forget(self, token: str) -> None:
        """End whatever session a token has, as somebody signs in anew."""
        session = await self.find(token)
        if session is not None:
            await self.close(token, session.id)

    async def _keep(self, token: str, session: Session) -> None:
        ttl_s = min(self.idle_s, session.until_s - session.renewed_s)
        body = {name: getattr(session, name) for name in Session.__slots__}
        await self._bus.put(_key(token), json.dumps(body).encode(), ttl_s)

    def _now_s(self) -> int:
        return self._clock.utc_ns() // _SECOND_NS


def _key(token: str) -> str:
    return f"beffroi:session:{token_hash(token)}"
