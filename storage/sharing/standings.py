"""Passes on how cameras are: control_room answers the process that leads, all write down why they wait."""

from collections.abc import Callable
from contextlib import suppress

from shared.clock import Clock
from shared.errors import BadInput
from shared.messages.codec import decode, encode
from shared.messages.storage import CameraStandings
from storage.index.marks import Marks

_MARK = "camera-standings"


def _unheard(_: CameraStandings) -> None:
    return


class Standings:
    """One text of the index, begun by the instant of its telling so that no two are the same."""

    def __init__(self, marks: Marks, clock: Clock) -> None:
        self.hear: Callable[[CameraStandings], None] = _unheard
        """Is given what another process was told."""
        self._marks = marks
        self._clock = clock
        self._to_tell: CameraStandings | None = None
        self._known: str | None = None

    def tell(self, standings: CameraStandings) -> None:
        """This process was told how cameras are: the others are to know. In the loop."""
        self._to_tell = standings

    async def once(self) -> None:
        """Pass on what is new, take what another passed on. Raises Unavailable."""
        told, self._to_tell = self._to_tell, None
        if told is not None:
            self._known = f"{self._clock.utc_ns()} {encode(told).decode()}"
            await self._marks.set(_MARK, self._known)
            return
        known, text = self._known, await self._marks.get(_MARK) or ""
        self._known = text
        # What was there at the start may be of long ago.
        if known is not None and text != known:
            with suppress(BadInput):
                self.hear(decode(CameraStandings, text.partition(" ")[2].encode()))
