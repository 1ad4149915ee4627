"""Senders of one stream that are in step: a picture is the same for all, and so is what waits of it.

A picture costs them one call of the wire and no Python a sender. Whoever needs something of its own (a
repair, another address, a replay) steps out first, and comes back with a later picture.
"""

from collections.abc import Callable

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.fanout.progress import Progress
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import Bucket, Pace
from mux.rtp.picture import Chunk, Picture
from mux.transport.destination import Line
from mux.transport.media_transport import Wire

_MOST_AT_ONCE = 10_000
"""Packets to all of them after which the event loop gets its turn, some 20 ms of work."""


class Chorus:
    """Senders of the same pace. `left` is told who has stepped out."""

    def __init__(
        self, wire: Wire, pacer: Pacer, counts: Counts, pace: Pace, left: Callable[[Sender], None]
    ) -> None:
        self._together = wire.together()
        self._pacer = pacer
        self._counts = counts
        self._left = left
        self._progress = Progress(pace)
        self._by_line: dict[Line, Sender] = {}
        self._waited = False

    def __len__(self) -> int:
        return len(self._by_line)

    @property
    def bucket(self) -> Bucket:
        """What each of them may be sent."""
        return self._progress.bucket

    def invite(self, sender: Sender, time90: int) -> bool:
        """Take a sender in that has just sent the picture of a time, if it is in step; whether it is."""
        progress = self._progress
        if not self._by_line:
            progress.backlog.clear()
            progress.last90 = time90
            progress.bucket.copy(sender.bucket)
        if progress.last90 != time90 or not sender.joins(progress, self._leave):
            return False
        self._by_line[sender.line] = sender
        self._together.join(sender.line, sender.time_base)
        return True

    def takes(self, picture: Picture, now_ns: int) -> bool:
        """Take the next picture of the stream, to be sent by `send`. False when there is nobody, or when it
        does not follow or too much waits: all have stepped out then."""
        if not self._by_line:
            return False
        progress = self._progress
        progress.bucket.refill(now_ns)
        if picture.time90 <= progress.last90 or not progress.backlog.has_room(picture, starting=False):
            for sender in list(self._by_line.values()):
                sender.step_out()
            return False
        progress.last90 = picture.time90
        self._waited = bool(progress.backlog.chunks)
        progress.backlog.add(picture.chunks, picture.time90)
        return True

    def send(self, begun: Callable[[], None]) -> bool:
        """Send what was taken, or let it wait as the pace demands; whether it has begun to be sent.

        `begun` is told when the first sender has been sent to.
        """
        before = self._progress.packets
        if self._waited or not self._send(begun):
            self._pacer.add(self)
        return self._progress.packets > before

    def pump(self, most: int, now_ns: int) -> int:
        """Send of what waits, as the pace allows. See `mux.fanout.pacer.Queued`."""
        if not self._by_line:
            self._progress.backlog.clear()
            return 0
        self._progress.bucket.refill(now_ns)
        before = self._progress.packets
        if not self._send(nobody, most):
            self._pacer.add(self)
        sent = self._progress.packets - before
        self._progress.backlog.moved(sent, now_ns)
        return sent

    def _send(self, begun: Callable[[], None], most: int = _MOST_AT_ONCE) -> bool:
        """Send at most about `most` packets to each of what waits; whether nothing is left."""
        progress, sent = self._progress, 0
        waiting = progress.backlog.chunks
        while waiting and sent < most and sent * len(self._by_line) < _MOST_AT_ONCE:
            chunk, time90 = waiting[0]
            if not progress.bucket.allows(chunk.weight):
                break
            self._deliver(chunk, time90, begun)
            begun = nobody
            sent += len(chunk.packets)
        return not waiting

    def _deliver(self, chunk: Chunk, time90: int, begun: Callable[[], None]) -> None:
        """Send the chunk that waits first. Who has no room for it steps out, and it waits for them alone."""
        unsent, first = [], 0
        if begun is not nobody:
            # The first is served by itself: what it waited is the delay of the picture.
            unsent, first = self._together.deliver(chunk, time90, 0, 1), 1
            begun()
        rest = len(self._by_line) - first
        if rest:
            unsent = unsent + self._together.deliver(chunk, time90, first, rest)
        for line in unsent:
            self._counts.full += 1
            self._by_line[line].step_out()
        progress, served = self._progress, len(self._by_line)
        if not served:
            progress.backlog.clear()
            return
        progress.backlog.pop()
        progress.sent(chunk, time90)
        self._counts.packets += len(chunk.packets) * served
        self._counts.octets += chunk.payload_bytes * served

    def _leave(self, sender: Sender) -> None:
        del self._by_line[sender.line]
        self._together.leave(sender.line)
        self._left(sender)


def nobody() -> None:
    """It has been told already."""
