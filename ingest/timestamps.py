"""Guards a run's timestamps, in front of everything that relies on them."""

from shared.mediatime import TICKS_PER_SECOND
from shared.units import MAX_REORDER90

WIDE_JUMP_S = 5.0
"""A longer step cannot be a hole in a live stream, because nothing for so long is already a stall."""


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
