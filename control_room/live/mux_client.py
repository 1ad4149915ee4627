"""Asks the muxes, server to server. Every foreign error becomes ours here."""

from collections.abc import Callable
from typing import TypeVar

import httpx

from control_room.access.service_tickets import ServiceTickets
from control_room.live.watching import read_viewers
from control_room.model.people import Principal
from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.messages.codec import decode
from shared.messages.live import MuxLoad, NamedViewer
from shared.reasons import why
from shared.tickets import Action

LOAD_TIMEOUT_S = 0.5
_VIEWERS_TIMEOUT_S = 2.0
T = TypeVar("T")


class MuxLate(Unavailable):
    """A mux has not answered in time: it may be busy, or stuck."""


class MuxUntold(Unavailable):
    """A mux answers, but has nothing to tell: it is of a version before this question."""


class MuxClient:
    """Raises MuxLate for a mux not in time, MuxUntold for an older one, Unavailable for any other trouble."""

    def __init__(self, tickets: ServiceTickets, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._tickets = tickets
        self._client = httpx.AsyncClient(transport=transport, trust_env=False)

    async def load(self, url: str) -> MuxLoad:
        """How much the mux at `url` serves."""
        return _read(_load, await self._get(f"{url}/load", LOAD_TIMEOUT_S))

    async def viewers(self, url: str, principal: Principal) -> tuple[NamedViewer, ...]:
        """Who watches what at the mux at `url`, asked on a person's behalf."""
        token = self._tickets.token(Action.STATUS, "viewers", principal)
        headers = {"authorization": f"Bearer {token}"}
        return _read(read_viewers, await self._get(f"{url}/viewers", _VIEWERS_TIMEOUT_S, headers))

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _get(self, url: str, timeout_s: float, headers: dict[str, str] | None = None) -> bytes:
        try:
            answer = await self._client.get(url, headers=headers, timeout=timeout_s)
        except httpx.TimeoutException as error:
            raise MuxLate(
                why("mux-late", "it has not answered within {seconds} s", seconds=f"{timeout_s:g}")
            ) from error
        except httpx.HTTPError as error:
            raise Unavailable(
                why("mux-unreachable", "it cannot be reached: {cause}", cause=cause_of(error))
            ) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise MuxUntold(why("mux-untold", "it does not know the question: it is of another version"))
        if not answer.is_success:
            raise Unavailable(why("mux-answers", "it answers {status}", status=answer.status_code))
        return answer.content


def _load(body: bytes) -> MuxLoad:
    return decode(MuxLoad, body)


def _read(reader: Callable[[bytes], T], body: bytes) -> T:
    try:
        return reader(body)
    except BadInput as error:
        raise Unavailable(
            why("mux-unreadable", "its answer cannot be read: {cause}", cause=cause_of(error))
        ) from error
