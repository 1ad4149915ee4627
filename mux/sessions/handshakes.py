"""Handshakes wait their turn: each costs a millisecond or two, and many may come at once.

A flight of ours that nobody has answered is sent again, much sooner than OpenSSL would, so that a lost flight
costs a start little. It is not sent again while its answer may be waiting here.
"""

from collections import deque
from collections.abc import Callable

from mux.counts import Counts
from mux.sessions.viewer import Viewer
from mux.transport.stun import Address

DATAGRAMS_PER_TURN = 2
"""What a turn of the event loop spends on them, so that a picture that comes meanwhile waits for no more."""

MOST_WAITING = 4096
MOST_OF_ONE = 8

AGAIN_S = (0.05, 0.05, 0.05, 0.1, 0.2)
"""The times between sayings of one flight; from then on OpenSSL's own apply, of seconds."""

Soon = Callable[[Callable[[], None]], object]
Later = Callable[[float, Callable[[], None]], object]


class Handshakes:
    """Datagrams of viewers who are shaking hands. `soon` calls a function in the loop's next turn, `later`
    after some seconds. `take` is given one datagram, or None where we are to begin; `say` what to send again.
    A datagram that does not fit is dropped: browsers send it again."""

    def __init__(
        self,
        soon: Soon,
        later: Later,
        take: Callable[[Viewer, bytes | None, Address], None],
        say: Callable[[Viewer, list[bytes]], None],
        counts: Counts,
    ) -> None:
        self._soon = soon
        self._later = later
        self._take = take
        self._say = say
        self._counts = counts
        self._waiting: deque[tuple[Viewer, bytes | None, Address]] = deque()
        self._of: dict[Viewer, int] = {}
        self._running = False

    def __len__(self) -> int:
        return len(self._waiting)

    def greet(self, viewer: Viewer, source: Address) -> None:
        """Let our first words wait for their turn, where we are to begin and they do not wait already."""
        if viewer.speaks_first and viewer not in self._of:
            self.put(viewer, None, source)

    def put(self, viewer: Viewer, datagram: bytes | None, source: Address) -> None:
        """Let a datagram wait for its turn; None are our first words."""
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
                self._one(*self._next())
        finally:
            # A datagram that fails must not stop those behind it.
            self._running = bool(self._waiting)
            if self._running:
                self._soon(self._turn)

    def _one(self, viewer: Viewer, datagram: bytes | None, source: Address) -> None:
        flights = viewer.flights
        self._take(viewer, datagram, source)
        if viewer.flights > flights and viewer.unanswered:
            self._wait(viewer, viewer.flights, 0)

    def _wait(self, viewer: Viewer, flight: int, said: int) -> None:
        if said < len(AGAIN_S):
            self._later(AGAIN_S[said], lambda: self._again(viewer, flight, said))

    def _again(self, viewer: Viewer, flight: int, said: int) -> None:
        unanswered = viewer.unanswered
        if viewer.flights != flight or not unanswered:
            return
        if viewer not in self._of:
            self._counts.handshakes_repeated += 1
            self._say(viewer, unanswered)
        self._wait(viewer, flight, said + 1)

    def _next(self) -> tuple[Viewer, bytes | None, Address]:
        viewer, datagram, source = self._waiting.popleft()
        left = self._of[viewer] - 1
        if left:
            self._of[viewer] = left
        else:
            del self._of[viewer]
        return viewer, datagram, source
