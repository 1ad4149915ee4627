"""Ends a dispute about the edge's clock where control_room tells the same time: nobody stands beside it."""

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from shared.messages.storage import ClockConfirmed
from shared.utc import instant_of
from storage.lifecycle.clock_keeper import ClockKeeper
from storage.lifecycle.clock_trust import TOLERANCE_NS
from storage.lifecycle.control_room import DateWitness

_EVERY_S = 30.0


class OwnClock:
    """A machine that was off, or that nobody has looked after, asks control_room instead of a person."""

    def __init__(self, keeper: ClockKeeper, dates: DateWitness, clock: Clock) -> None:
        self._keeper = keeper
        self._dates = dates
        self._clock = clock
        self._log = get_logger("storage")

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.once()
            await self._clock.sleep(_EVERY_S)

    async def once(self) -> None:
        """Confirm a disputed clock that control_room agrees with."""
        told_ns = self._dates.now_ns()
        if not self._keeper.disputed or told_ns is None:
            return
        if abs(told_ns - self._clock.utc_ns()) > TOLERANCE_NS:
            return
        try:
            await self._keeper.confirm(ClockConfirmed(instant_of(told_ns), "control_room"))
        except BeffroiError as error:
            self._log.error("clock-not-confirmed", reason=error.detail)
