"""When pictures that were made of a stream with B-frames are passed on: as far apart as they were captured.

Cameras send a picture and the B-frames before it at once, one such burst after the other. Browsers show each
picture as it comes, so they would show the bursts. Pure: times come in.
"""

from collections.abc import Callable

from shared.mediatime import ns_from_90k
from shared.units import AccessUnit

LONGEST_NS = 1_000_000_000
"""No picture is kept longer: one that is waited for so long is of a stream with leaps in its times."""

_WINDOW_NS = 5_000_000_000


class Evenly:
    """Follows one stream: the units its transcoder is given, and the pictures that come out.

    A picture is due when the slowest picture of the stream would be there: as long after the camera's most
    timely picture as its order of pictures takes (`span`), and as much longer as the transcoder took at most.
    """

    def __init__(self) -> None:
        self._run: int | None = None
        self._newest90 = 0
        self._timely, self._span, self._slow = _Lately(min), _Lately(max), _Lately(max)

    def given(self, unit: AccessUnit, now_ns: int) -> int:
        """A unit has come to be transcoded; the greatest time (90 kHz) of its run so far."""
        if unit.run != self._run:
            self._run, self._newest90 = unit.run, unit.pts90
            self._timely, self._span, self._slow = _Lately(min), _Lately(max), _Lately(max)
        self._newest90 = max(self._newest90, unit.pts90)
        self._timely.take(now_ns - ns_from_90k(self._newest90), now_ns)
        return self._newest90

    def due_ns(self, made: AccessUnit, newest90: int, now_ns: int, *, prompt: bool) -> int:
        """When a picture is to be passed on, `now_ns` at the soonest.

        The picture was made of the unit for which `given` told `newest90`. `prompt` says that the unit waited
        behind none but those it came with, so that its delay is what such pictures take.
        """
        least_ns = self._timely.best
        if made.run != self._run or least_ns is None:
            return now_ns
        span_ns = self._span.take(min(LONGEST_NS, ns_from_90k(max(0, newest90 - made.pts90))), now_ns)
        captured_ns = ns_from_90k(made.pts90)
        usual_ns = least_ns + span_ns
        if prompt:
            self._slow.take(max(0, now_ns - captured_ns - usual_ns), now_ns)
        slow_ns = min(span_ns, self._slow.best or 0)
        return max(now_ns, min(captured_ns + usual_ns + slow_ns, now_ns + span_ns))


class _Lately:
    """The least or greatest of the last five to ten seconds."""

    def __init__(self, choose: Callable[[int, int], int]) -> None:
        self.best: int | None = None
        self._choose = choose
        self._now: int | None = None
        self._before: int | None = None
        self._since_ns = 0

    def take(self, value: int, now_ns: int) -> int:
        """Another value; the best with it."""
        if self._now is None or now_ns - self._since_ns >= _WINDOW_NS:
            self._before, self._now, self._since_ns = self._now, value, now_ns
        else:
            self._now = self._choose(self._now, value)
        self.best = self._now if self._before is None else self._choose(self._now, self._before)
        return self.best
