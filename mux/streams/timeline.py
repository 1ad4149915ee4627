"""One 90 kHz timeline for a stream whose camera comes and goes: no leap but the time that passed."""

from shared.mediatime import TICKS_PER_SECOND, ticks_from_ns
from shared.units import AccessUnit

_LARGEST_LEAP90 = 10 * TICKS_PER_SECOND
_HURRY90 = TICKS_PER_SECOND // 2


class Timeline:
    """Gives each unit of a stream its time.

    Within a run the camera's own times count. Over a new run, or a leap of more than 10 s forward within one,
    the time that passed between the arrivals counts instead.

    Where it `hurries`, so it does from a run's start, or from a leap of half a second, for units that come
    more than twice as fast as they were captured, up to the first that does not: they were decoded at once to
    catch up, and some left out. Browsers hold back what comes early, and take it for an unsteady network.
    """

    def __init__(self, *, hurries: bool = False) -> None:
        self._hurries = hurries
        self._catching_up = hurries
        self._run: int | None = None
        self._offset90 = 0
        self._last90 = 0
        self._last_arrival_ns = 0

    def place(self, unit: AccessUnit, arrival_ns: int) -> int:
        """The time of a unit that came at `arrival_ns` (monotonic)."""
        if self._run is None:
            self._offset90 = -unit.pts90
            return self._placed(unit, arrival_ns)
        passed90 = ticks_from_ns(max(0, arrival_ns - self._last_arrival_ns))
        if unit.run != self._run:
            self._catching_up = self._hurries
        if unit.run != self._run or self._leaps(unit, passed90):
            self._offset90 = self._last90 + max(1, passed90) - unit.pts90
        return self._placed(unit, arrival_ns)

    def _placed(self, unit: AccessUnit, arrival_ns: int) -> int:
        self._run = unit.run
        time90 = unit.pts90 + self._offset90
        self._last90 = max(self._last90, time90)
        self._last_arrival_ns = arrival_ns
        return time90

    def _leaps(self, unit: AccessUnit, passed90: int) -> bool:
        ahead90 = unit.pts90 + self._offset90 - self._last90
        hurrying = self._catching_up or (self._hurries and ahead90 - passed90 > _HURRY90)
        self._catching_up = hurrying and ahead90 > 2 * passed90
        return self._catching_up or abs(ahead90) > _LARGEST_LEAP90
