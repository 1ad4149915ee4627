"""When a picture began to arrive, also where several were read together, later than they came."""

from collections.abc import Sequence

from ingest.rtsp.utc_mapping import signed

_WRAP = 1 << 32
_FAR_NS = 1_000_000_000
"""A picture so far from where its time puts it is of another clock than those before."""

_EASE_BITS = 5
"""How quickly a quickest picture is forgotten, by halves of what others are later: clocks drift."""


class Arrivals:
    """Puts pictures of one read where their times say they came, between the read before and the last byte.

    Pictures are as far apart as their times are, and the quickest ones so far say where they begin.
    """

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._quickest: tuple[int, int] | None = None
        self._after_ns = self._last_ns = 0
        self._newest32: int | None = None

    def read(self, last_ns: int) -> None:
        """A read begins whose last byte came at `last_ns`, all of it since the end of the one before."""
        # Set back, a machine's clock tells nothing of what came before.
        self._after_ns = min(self._last_ns or last_ns, last_ns)
        self._last_ns = last_ns
        self._newest32 = None

    def begin(self, time32: int) -> int:
        """When a picture of this time began to arrive, the next one of the read."""
        self._newest32 = time32
        placed_ns = self._last_ns if self._quickest is None else self._put(self._quickest, time32)
        self._after_ns = max(self._after_ns, min(placed_ns, self._last_ns))
        return self._after_ns

    def begin_all(self, times32: Sequence[int]) -> list[int]:
        """The same of pictures that follow each other, at times that grow."""
        first32, last32 = times32[0], times32[-1]
        self._newest32 = last32
        after_ns, last_ns = self._after_ns, self._last_ns
        if self._quickest is None:
            self._after_ns = last_ns
            return [last_ns] * len(times32)
        known32, known_ns = self._quickest
        first, rate = signed(first32 - known32), self._rate
        placed_ns = [
            known_ns + (first + (time32 - first32) % _WRAP) * 1_000_000_000 // rate for time32 in times32
        ]
        # They grow: where the ends are in between, all are.
        if placed_ns[0] < after_ns or placed_ns[-1] > last_ns:
            placed_ns = [max(after_ns, min(one_ns, last_ns)) for one_ns in placed_ns]
        self._after_ns = placed_ns[-1]
        return placed_ns

    def newest(self) -> int | None:
        """The time of the picture that came last, at the end of its read; None where none began in it."""
        time32 = self._newest32
        if time32 is not None:
            self._note(time32, self._last_ns)
        return time32

    def came(self, time32: int, at_ns: int) -> None:
        """A picture of this time began to arrive then, outside of the reads: it was taken as it came."""
        self._last_ns = at_ns
        self._note(time32, at_ns)

    def _note(self, time32: int, at_ns: int) -> None:
        late_ns = 0 if self._quickest is None else at_ns - self._put(self._quickest, time32)
        if not 0 < late_ns < _FAR_NS:
            self._quickest = time32, at_ns
        else:
            self._quickest = time32, at_ns - late_ns + (late_ns >> _EASE_BITS)

    def _put(self, known: tuple[int, int], time32: int) -> int:
        return known[1] + signed(time32 - known[0]) * 1_000_000_000 // self._rate
