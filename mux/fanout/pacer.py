"""Lets out what waits in the viewers' queues a little at a time: no start bursts a socket or a link."""

from collections.abc import Callable
from typing import Protocol

from mux.fanout.token_bucket import TokenBucket

STEP_S = 0.004
STEP_PACKETS = 28
"""Of one queue in one step: the others get their turn."""

ROUND_PACKETS = 800
"""Of all viewers in one step: about 4 ms of work, so that live pictures wait for no storm of starts."""

NEXT_ROUND_S = 0.0005
"""To the step that goes on with whom the one before did not reach: others have their turn between."""


class Queued(Protocol):
    """Something with packets waiting, for tokens that others of its bucket wait for too."""

    @property
    def bucket(self) -> TokenBucket: ...

    def pump(self, most: int, now_ns: int) -> int:
        """Send at most about `most` packets and say how many; come back by `add` if any are left."""
        ...


class Pacer:
    """Serves the waiting queues in turn. `later` calls a function after some seconds; `now` is monotonic.

    A queue that could send nothing keeps its place, and no queue of the same bucket passes it by: tiles that
    start with many packets, or small ones, must not keep the others of a wall waiting until they have done.
    """

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
        unserved: dict[Queued, None] = {}
        empty: set[TokenBucket] = set()
        for queued in list(self._waiting):
            if queued.bucket in empty:
                unserved[queued] = None
                continue
            del self._waiting[queued]
            # Whoever has more waits behind the others: those this round does not reach are first in the next.
            sent = queued.pump(STEP_PACKETS, now_ns)
            if not sent and queued in self._waiting:
                unserved[queued] = None
                empty.add(queued.bucket)
            left -= sent
            if left <= 0:
                break
        if unserved:
            self._waiting = unserved | self._waiting
        self._running = bool(self._waiting)
        if self._running:
            self._later(STEP_S if left > 0 else NEXT_ROUND_S, self._step)
