"""Fast starts: the pictures since the last key picture, at times that let a browser decode them at once."""

from mux.rtp.header import CLOCK_RATE

_STEP90 = CLOCK_RATE // 1000
# A fast start in mid-stream must end before the next live picture is due.
_SPAN90 = CLOCK_RATE // 50
_PAUSE_NS = 300_000_000
_YOUNG_NS = 1_000_000_000


class Started:
    """When a viewer was last started, by the monotonic clock."""

    __slots__ = ("_at_ns",)

    def __init__(self) -> None:
        self._at_ns: int | None = None

    def at(self, now_ns: int) -> None:
        self._at_ns = now_ns

    def just_now(self, now_ns: int) -> bool:
        """Whether what was sent may not have come yet."""
        return self._at_ns is not None and now_ns - self._at_ns < _PAUSE_NS

    def lately(self, now_ns: int) -> bool:
        """Whether the viewer may have no picture yet that would bridge the loss of a retransmission."""
        return self._at_ns is not None and now_ns - self._at_ns < _YOUNG_NS


def fast_start_times(count: int, newest90: int, last90: int | None) -> range:
    """The times of a group's pictures: one close behind the other, and up to that of the newest.

    All are later than `last90`, the time of what the viewer was sent before, even where the newest is not.
    """
    if last90 is None:
        step90 = _STEP90
        first90 = newest90 - (count - 1) * step90
    else:
        step90 = max(1, min(_STEP90, _SPAN90 // count))
        first90 = max(last90 + step90, newest90 - (count - 1) * step90)
    return range(first90, first90 + count * step90, step90)
