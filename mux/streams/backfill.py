"""The recent units of a stream, which the tap sends all at once: how long a viewer waits for the last one."""

from collections.abc import Callable

from mux.streams.channel import Channel
from shared.clock import Clock

QUIET_S = 0.1
"""Recent units follow each other more closely: after this long the end of the answer has been lost."""

LONGEST_S = 0.5
"""Where the line to the camera's worker is slow, a picture is worth more than a start that nobody sees."""

Later = Callable[[float, Callable[[], None]], object]
"""Calls a function after some seconds."""


class Backfill:
    """Holds the starts on a channel back while an answer of the tap comes, and no longer than the bounds."""

    def __init__(self, channel: Channel, clock: Clock, later: Later) -> None:
        self._channel = channel
        self._clock = clock
        self._later = later
        self._since_ns = 0

    def told(self, coming: bool) -> None:
        """An answer begins to come, or has come. See `TapSubscriber.subscribe`."""
        self._channel.backfill(coming)
        if coming:
            self._since_ns = self._clock.monotonic_ns()
            self._later(QUIET_S, self._look)

    def _look(self) -> None:
        if not self._channel.backfilling:
            return
        now_ns = self._clock.monotonic_ns()
        came_ns = max(self._since_ns, self._channel.newest_ns or 0)
        quiet_s = QUIET_S - (now_ns - came_ns) / 1e9
        left_s = min(quiet_s, LONGEST_S - (now_ns - self._since_ns) / 1e9)
        if left_s > 0:
            self._later(left_s, self._look)
        else:
            self._channel.backfill(False)
