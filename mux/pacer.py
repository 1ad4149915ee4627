"""Lets out what waits in the viewers' queues a little at a time: no start bursts a socket or a link."""

from collections.abc import Callable
from typing import Protocol

STEP_S = 0.004
STEP_PACKETS = 28
"""Of one queue in one step: the others get their turn."""

ROUND_PACKETS = 800
"""Of all viewers in one step: about 4 ms of work, so that live pictures wait for no storm of starts."""


class Queued(Protocol):
    """Something with packets waiting."""

    def pump(self, most: int, now_ns: int) -> int:
        """Send at most about `most` packets and say how many; come back by `add` if any are left."""
        ...


class Pacer:
    """Serves whoever waits in turn. `later` calls a function after some seconds; `now` is monotonic."""

    def __init__(self, later: Callable[[float, Callable[[], None]], object], now: Callable[[], int]) -> None:
        self._later = later
        self._now = now
        self._waiting: dict[Queued, None] = {}
        self._running = False

    def add(self, queued: Queued) -> None:
        """See to it that a queue is emptied; once is enough until it is empty."""
        self._waiting[queued] = None
        if not self._running:
            self._running = True
            self._later(STEP_S, self._step)

    def discard(self, queued: Queued) -> None:
        self._waiting.pop(queued, None)

    def _step(self) -> None:
        left, now_ns = ROUND_PACKETS, self._now()
        for queued in list(self._waiting):
            del self._waiting[queued]
            # Whoever has more waits behind the others: those this round does not reach are first in the next.
            left -= queued.pump(STEP_PACKETS, now_ns)
            if left <= 0:
                break
        self._running = bool(self._waiting)
        if self._running:
            self._later(STEP_S, self._step)
