"""Rights that ended, told on the bus: their viewers are closed at once."""

import json
from collections.abc import Callable
from typing import Protocol

from shared.bus import REVOKED, Bus
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import Logger


class Revocable(Protocol):
    """Who can end viewers; see `mux.hub.Hub`."""

    def revoke_session(self, session: str) -> int: ...

    def revoke_stream(self, stream: StreamId) -> int: ...


class Revocations:
    """Listens on the bus. `heard` is told 1 while it does, 0 while it cannot: viewers go on either way."""

    def __init__(self, bus: Bus, viewers: Revocable, log: Logger, heard: Callable[[int], None]) -> None:
        self._bus = bus
        self._viewers = viewers
        self._log = log
        self._heard = heard

    async def run(self) -> None:
        """Listen until cancelled. Raises BusUnavailable when the bus goes away, for a supervisor to retry."""
        try:
            async with self._bus.listen(REVOKED) as messages:
                self._heard(1)
                async for body in messages:
                    self._apply(body)
        finally:
            self._heard(0)

    def _apply(self, body: bytes) -> None:
        try:
            closed = self._revoke(body)
        except BadInput as error:
            self._log.warning("revocation-not-understood", reason=error.detail)
            return
        if closed:
            self._log.info("viewers-revoked", count=closed)

    def _revoke(self, body: bytes) -> int:
        """Raises BadInput for anything but the two forms of `shared.bus.REVOKED`."""
        try:
            said: object = json.loads(body)
        except ValueError as error:
            raise BadInput("a revocation is not JSON") from error
        if isinstance(said, dict):
            session, stream = said.get("session"), said.get("stream")
            if isinstance(session, str):
                return self._viewers.revoke_session(session)
            if isinstance(stream, str):
                return self._viewers.revoke_stream(StreamId.parse(stream))
        raise BadInput("a revocation names neither a session nor a stream")
