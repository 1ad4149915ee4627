"""Guards a run's timestamps, in front of everything that relies on them."""

from shared.mediatime import TICKS_PER_SECOND, ticks_from_ns
from shared.units import MAX_REORDER90

WIDE_JUMP_S = 5.0
"""A longer step cannot be a hole in a live stream, because nothing for so long is already a stall."""


STANDS_S = 2.0
"""Pictures of one time for so long have no time at all: an encoder that is only late catches up sooner."""


class WideJump(Exception):
    """The camera's clock was set: what follows belongs to another run. `seconds` is the step."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"timestamps jumped by {seconds:.1f} s")
        self.seconds = seconds


class TimestampGuard:
    """Watches the 90 kHz times of one run."""

    def __init__(self) -> None:
        self._last90: int | None = None

    def accepts(self, pts90: int, *, reordered: bool = False) -> bool:
        """Whether a unit at `pts90` may follow: False where it goes back. Raises WideJump.

        A unit of a reordered stream may go back by MAX_REORDER90. After False the time stays where it was;
        the same time twice is let through.
        """
        if self._last90 is not None:
            step90 = pts90 - self._last90
            if abs(step90) > WIDE_JUMP_S * TICKS_PER_SECOND:
                raise WideJump(step90 / TICKS_PER_SECOND)
            if step90 < 0:
                return reordered and -step90 <= MAX_REORDER90
        self._last90 = pts90
        return True

    def went_on(self, pts90: int) -> None:
        """Units up to `pts90` followed one that was accepted, at times that grew by little each."""
        self._last90 = pts90

    def far_behind(self, pts90: int) -> bool:
        """Whether no picture of the run can follow at `pts90`, in whatever order."""
        return self._last90 is not None and pts90 < self._last90 - MAX_REORDER90


class StandingTime:
    """Notices a camera whose timestamps do not move, and gives its pictures the time of their arrival."""

    def __init__(self) -> None:
        self._told90: int | None = None
        self._since_ns = 0
        self._start_ns: int | None = None
        self._last90 = -1

    @property
    def replaced(self) -> bool:
        """Whether pictures are timed by arrival, which they are from then on."""
        return self._start_ns is not None

    def begins(self, pts90: int | None, now_ns: int) -> bool:
        """Whether it is noticed with this picture; to be asked of each one while not `replaced`."""
        if pts90 is None or pts90 != self._told90:
            self._told90, self._since_ns = pts90, now_ns
            return False
        if (now_ns - self._since_ns) / 1e9 < STANDS_S:
            return False
        self._start_ns = now_ns
        return True

    def time90(self, now_ns: int) -> int:
        """The time of a picture that arrives now; each is later than the one before."""
        assert self._start_ns is not None, "the camera's own times are good"
        self._last90 = max(self._last90 + 1, ticks_from_ns(now_ns - self._start_ns))
        return self._last90
