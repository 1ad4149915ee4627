"""One picture to all senders of its stream: sealed and sent together, chunk by chunk."""

from collections.abc import Callable, Sequence

from mux.counts import Counts
from mux.fanout.lockstep_group import Chorus, nobody
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import CAREFUL, NEAR
from mux.rtp.picture import Picture
from mux.transport.media_transport import Wire


class FanOut:
    """The senders of a stream: those in step in a chorus for each pace, the others one by one."""

    def __init__(self, wire: Wire, pacer: Pacer, counts: Counts) -> None:
        self._wire = wire
        self._alone: dict[Sender, None] = {}
        # A pace of a link that was measured is nobody else's.
        self._choruses = {
            pace: Chorus(wire, pacer, counts, pace, self._stepped_out) for pace in (NEAR, CAREFUL)
        }

    def add(self, sender: Sender) -> None:
        """It gets pictures from now on."""
        self._alone[sender] = None

    def discard(self, sender: Sender) -> None:
        """It gets no more."""
        sender.step_out()
        self._alone.pop(sender, None)

    def give(self, picture: Picture, now_ns: int, begun: Callable[[], None] = nobody) -> None:
        """Give every sender the next picture. `begun` is told once when the first has been sent to.

        What the pace or the socket has no room for waits.
        """
        choruses = [chorus for chorus in self._choruses.values() if chorus.takes(picture, now_ns)]
        ready = [sender for sender in self._alone if sender.takes(picture, now_ns)]
        for chorus in choruses:
            if chorus.send(begun):
                begun = nobody
        if not ready:
            return
        if begun is not nobody:
            # The first is served by itself, as in a chorus.
            self._send(picture, ready[:1])
            begun()
            self._send(picture, ready[1:])
        else:
            self._send(picture, ready)
        for sender in ready:
            if sender.bucket.sharers > 1:
                # The tiles of a wall share one pace: none of them is ever in step.
                continue
            fitting = self._choruses.get(sender.bucket.pace)
            if fitting is not None and fitting.invite(sender, picture.time90):
                del self._alone[sender]

    def _send(self, picture: Picture, ready: Sequence[Sender]) -> None:
        for number, chunk in enumerate(picture.chunks):
            if not ready:
                return
            self._wire.deliver(chunk, [sender.line for sender in ready])
            ready = [sender for sender in ready if sender.delivered(picture, number)]

    def _stepped_out(self, sender: Sender) -> None:
        self._alone[sender] = None
