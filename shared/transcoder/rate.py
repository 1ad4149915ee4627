"""Chooses which pictures are coded where a camera sends more than allowed: evenly, and as many as may be."""

from shared.mediatime import TICKS_PER_SECOND

_DEPTH = 3
"""Pictures that may be saved up. A camera's steps are uneven by a picture or so: with less saved, what comes
soon after a late one would be left out."""

_COST = TICKS_PER_SECOND

_SAVED_AT_START = _COST // 2
"""Where the second picture is a little early, it is not left out for that."""


class Rate:
    """A token bucket on media time: over any time it lets `fps` pictures a second and `_DEPTH` more pass."""

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._saved = _SAVED_AT_START
        self._last90: int | None = None

    def take(self, pts90: int) -> bool:
        """Whether the picture of this time is one to show; the first is. Times are those of presentation."""
        if self._last90 is None:
            self._last90 = pts90
            return True
        passed90 = max(0, pts90 - self._last90)
        self._last90 = max(self._last90, pts90)
        self._saved = min(self._saved + passed90 * self._fps, _DEPTH * _COST)
        # Times are whole ticks: a picture that is due may come a tick too soon, and is not to wait.
        if self._saved < _COST - self._fps:
            return False
        self._saved -= _COST
        return True
