"""One 90 kHz timeline for a stream whose camera comes and goes: no leap but the time that passed."""

from shared.mediatime import TICKS_PER_SECOND, ticks_from_ns
from shared.units import AccessUnit

_LARGEST_LEAP90 = 10 * TICKS_PER_SECOND
_HURRY90 = TICKS_PER_SECOND // 2


class Timeline:
    """Gives each unit of a stream its time.

    Within a run the camera's own times count. Over a new run, or a leap of more than 10 s forward within one,
    the time that passed between the arrivals counts instead.

    With `hurries`, arrivals also count for units that come more than twice as fast as they were captured,
    from a run's start or a leap of half a second up to the first unit that does not. A transcoder decoded
    those at once to catch up, and left some out; a browser would hold them back as early, and think its
    network unsteady.
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
        if unit.run == self._run and not self._hurries:
            time90 = unit.pts90 + self._offset90
            if abs(time90 - self._last90) <= _LARGEST_LEAP90:
                self._last90 = max(self._last90, time90)
                self._last_arrival_ns = arrival_ns
                return time90
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
