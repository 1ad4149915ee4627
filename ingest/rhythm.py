"""How often a camera sends a picture, learnt from when they came."""

from collections import deque
from statistics import median

SLOWEST_NS = 60_000_000_000
"""No camera is waited for that sends a picture less often."""

_REMEMBERED = 5


class Rhythm:
    """The times between the pictures of one session. `told_ns` is what is known before the first."""

    def __init__(self, told_ns: int = 0) -> None:
        self._told_ns = told_ns
        self._last_ns: int | None = None
        self._steps_ns: deque[int] = deque(maxlen=_REMEMBERED)
        # The usual one of them, None where it has to be looked for.
        self._step_ns: int | None = None

    @property
    def step_ns(self) -> int:
        """The usual time between two pictures, 0 while it is not `known`."""
        if not self._steps_ns:
            return self._told_ns
        if self._step_ns is None:
            self._step_ns = min(SLOWEST_NS, int(median(self._steps_ns)))
        return self._step_ns

    @property
    def known(self) -> bool:
        return bool(self._steps_ns) or self._told_ns > 0

    @property
    def last_ns(self) -> int | None:
        """When the last picture came."""
        return self._last_ns

    def picture(self, now_ns: int, count: int = 1) -> None:
        """A picture has come, or several together."""
        if self._last_ns is not None:
            self._steps_ns.append((now_ns - self._last_ns) // count)
            self._step_ns = None
        self._last_ns = now_ns

    def forgive(self, late_ns: int) -> None:
        """We were late ourselves by so much: what came meanwhile could not be seen."""
        if self._last_ns is not None:
            self._last_ns += late_ns
