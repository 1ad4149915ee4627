"""Media time: the 90 kHz clock of RTP video and of our files."""

TICKS_PER_SECOND = 90_000
_WRAP = 1 << 32
_HALF = 1 << 31


def ns_from_90k(ticks90: int) -> int:
    """Nanoseconds of a duration in 90 kHz ticks, rounded down."""
    return ticks90 * 100_000 // 9


def ticks_from_ns(duration_ns: int) -> int:
    """90 kHz ticks of a duration in nanoseconds, to the nearest: it undoes `ns_from_90k` exactly."""
    return (duration_ns * 9 + 50_000) // 100_000


class Unwrap32:
    """Makes a 32-bit RTP timestamp (RFC 3550, section 5.1) a 64-bit one.

    Each value is taken as the nearest to the one before, forward or back; the first is taken as it is.
    """

    def __init__(self) -> None:
        self._last: int | None = None

    def __call__(self, value32: int) -> int:
        if not 0 <= value32 < _WRAP:
            raise ValueError(f"{value32} is not a 32-bit timestamp")
        if self._last is None:
            self._last = value32
            return value32
        delta = (value32 - self._last) % _WRAP
        if delta >= _HALF:
            delta -= _WRAP
        self._last += delta
        return self._last
