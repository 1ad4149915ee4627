"""The times under which a group that has passed is sent, so that it is decoded and not watched."""

from mux.rtp import CLOCK_RATE

_STEP90 = CLOCK_RATE // 1000
# A replay in mid-stream must end before the next live picture is due.
_SPAN90 = CLOCK_RATE // 50


def replay_times(count: int, newest90: int, last90: int | None) -> range:
    """The times of a group's pictures: one close behind the other, and up to that of the newest.

    They are all later than `last90`, the time of what the viewer was sent before, whatever the newest.
    """
    if last90 is None:
        step90 = _STEP90
        first90 = newest90 - (count - 1) * step90
    else:
        step90 = max(1, min(_STEP90, _SPAN90 // count))
        first90 = max(last90 + step90, newest90 - (count - 1) * step90)
    return range(first90, first90 + count * step90, step90)
