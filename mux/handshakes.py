"""Handshakes wait their turn: each costs a millisecond or two, and many may come at once."""

from collections import deque
from collections.abc import Callable

from mux.counts import Counts
from mux.stun import Address
from mux.viewer import Viewer

DATAGRAMS_PER_TURN = 2
"""What a turn of the event loop spends on them, so that a picture that comes meanwhile waits for no more."""

MOST_WAITING = 4096
MOST_OF_ONE = 8

Later = Callable[[Callable[[], None]], object]


class Handshakes:
    """Datagrams of viewers who are shaking hands. `soon` calls a function in the loop's next turn; `take` is
    given one datagram. What does not fit is dropped: browsers send it again."""

    def __init__(self, soon: Later, take: Callable[[Viewer, bytes, Address], None], counts: Counts) -> None:
        self._soon = soon
        self._take = take
        self._counts = counts
        self._waiting: deque[tuple[Viewer, bytes, Address]] = deque()
        self._of: dict[Viewer, int] = {}
        self._running = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, viewer: Viewer, datagram: bytes, source: Address) -> None:
        """Let a datagram wait for its turn."""
        mine = self._of.get(viewer, 0)
        if len(self._waiting) >= MOST_WAITING or mine >= MOST_OF_ONE:
            self._counts.handshakes_put_off += 1
            return
        self._waiting.append((viewer, datagram, source))
        self._of[viewer] = mine + 1
        if not self._running:
            self._running = True
            self._soon(self._turn)

    def _turn(self) -> None:
        try:
            for _ in range(min(DATAGRAMS_PER_TURN, len(self._waiting))):
                self._take(*self._next())
        finally:
            # A datagram that fails must not stop those behind it.
            self._running = bool(self._waiting)
            if self._running:
                self._soon(self._turn)

    def _next(self) -> tuple[Viewer, bytes, Address]:
        viewer, datagram, source = self._waiting.popleft()
        left = self._of[viewer] - 1
        if left:
            self._of[viewer] = left
        else:
            del self._of[viewer]
        return viewer, datagram, source
