"""When pictures that were made of a stream with B-frames are passed on: as far apart as they were captured.

Cameras send a picture and the B-frames before it at once, one such burst after the other. Browsers show each
picture as it comes, so they would show the bursts. Pure: times come in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from shared.mediatime import ns_from_90k
from shared.units import AccessUnit

LONGEST_NS = 1_000_000_000
"""No picture is kept longer: one that is waited for so long is of a stream with leaps in its times."""

_WINDOW_NS = 5_000_000_000
_MOST_OPENING = 64
"""Units looked at from a decoder's beginning to its first picture: it holds 16 back at most."""


@dataclass(frozen=True, slots=True)
class Given:
    """A unit a decoder was given: its place since the decoder began or the camera's run did, and the greatest
    time (90 kHz) so far."""

    number: int
    newest90: int


class Evenly:
    """Follows one stream: the units its transcoder is given, and the pictures that come out.

    A picture is due when the slowest picture of the stream would be there: as long after the camera's most
    timely picture as its order of pictures takes (`span`), and as much longer as the transcoder took at most.
    """

    def __init__(self) -> None:
        self._run: int | None = None
        self._timely, self._span, self._slow = _Lately(min), _Lately(max), _Lately(max)
        self.begin()

    def begin(self) -> None:
        """Another decoder begins; what it is given may have been given before. What was learnt holds on."""
        self._newest: Given | None = None
        self._opening: list[tuple[int, Given]] = []
        self._opened = False

    def given(self, unit: AccessUnit, now_ns: int) -> Given:
        """A unit has come to be transcoded."""
        if unit.run != self._run:
            self._run = unit.run
            self._timely, self._span, self._slow = _Lately(min), _Lately(max), _Lately(max)
            self.begin()
        last = self._newest
        given = (
            Given(0, unit.pts90) if last is None else Given(last.number + 1, max(last.newest90, unit.pts90))
        )
        self._newest = given
        if not self._opened and len(self._opening) < _MOST_OPENING:
            self._opening.append((unit.pts90, given))
        self._timely.take(now_ns - ns_from_90k(given.newest90), now_ns)
        return given

    def due_ns(self, made: AccessUnit, cause: Given, now_ns: int, *, prompt: bool) -> int:
        """When a picture is to be passed on, `now_ns` at the soonest.

        The picture was made once its decoder had the unit for which `given` told `cause`. `prompt` says that
        the unit waited behind none but those it came with, so that its delay is what such pictures take.
        """
        least_ns = self._timely.best
        if made.run != self._run or least_ns is None:
            return now_ns
        order90 = max(0, cause.newest90 - made.pts90, self._opening_order90(made, cause))
        span_ns = self._span.take(min(LONGEST_NS, ns_from_90k(order90)), now_ns)
        captured_ns = ns_from_90k(made.pts90)
        usual_ns = least_ns + span_ns
        if prompt:
            self._slow.take(max(0, now_ns - captured_ns - usual_ns), now_ns)
        slow_ns = min(span_ns, self._slow.best or 0)
        return max(now_ns, min(captured_ns + usual_ns + slow_ns, now_ns + span_ns))

    def _opening_order90(self, made: AccessUnit, cause: Given) -> int:
        """What a decoder's first picture tells of how long later ones will wait for their turn; 0 for others.

        A decoder holds back as many units at any time as it took before its first picture. Each of those
        would have let out a picture before the first one, had there been any: that one's wait counts.
        """
        if self._opened:
            return 0
        opening, self._opening, self._opened = self._opening, [], True
        later = [(pts90, given) for pts90, given in opening if pts90 > made.pts90]
        times90 = sorted({made.pts90, *(pts90 for pts90, _ in later)})
        step90 = min((after - before for before, after in pairwise(times90)), default=0)
        held = [given for _, given in later if given.number <= cause.number]
        return max(
            (given.newest90 - made.pts90 + back * step90 for back, given in enumerate(reversed(held))),
            default=0,
        )


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
