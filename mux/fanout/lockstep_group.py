"""Senders of one stream that are in step: a picture is the same for all, and so is what waits of it.

A picture costs them one call of the transport and no Python a sender. A sender that needs something of its
own (a retransmission, another address, a fast start) steps out first, and comes back with a later picture.
"""

from collections.abc import Callable
from functools import partial

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.fanout.progress import Membership, Progress
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import Pace, TokenBucket
from mux.rtp.picture import Chunk, Picture
from mux.transport.destination import Destination
from mux.transport.media_transport import MediaTransport

_MOST_AT_ONCE = 10_000
"""Packets to all of them after which the event loop gets its turn, some 20 ms of work."""


class LockstepGroup:
    """Senders of one stream and of one pace. The group alone takes senders in and lets them go."""

    def __init__(self, transport: MediaTransport, pacer: Pacer, counts: Counts, pace: Pace) -> None:
        self._destinations = transport.lockstep()
        self._pacer = pacer
        self._counts = counts
        self._progress = Progress(pace)
        self.members: dict[Destination, Sender] = {}
        """Those in step; the group alone changes it."""
        self._waited = False

    @property
    def bucket(self) -> TokenBucket:
        """What each of them may be sent."""
        return self._progress.bucket

    def invite(self, sender: Sender, time90: int) -> bool:
        """Take a sender in that has just sent the picture of a time, if it is in step; whether it is."""
        progress = self._progress
        if not self.members:
            progress.backlog.clear()
            progress.last90 = time90
            progress.bucket.copy(sender.bucket)
        if progress.last90 != time90 or not sender.is_in_step(progress):
            return False
        sender.membership = Membership(progress, sender.destination.index, partial(self.release, sender))
        self.members[sender.destination] = sender
        self._destinations.join(sender.destination, sender.time_base)
        return True

    def release(self, sender: Sender) -> None:
        """Let a sender go on alone."""
        del self.members[sender.destination]
        self._destinations.leave(sender.destination)
        sender.resume()

    def takes(self, picture: Picture, now_ns: int) -> bool:
        """Take the next picture of the stream, to be sent by `send`. False when there is nobody, or when it
        does not follow or too much waits: all have stepped out then."""
        if not self.members:
            return False
        progress = self._progress
        progress.bucket.refill(now_ns)
        if picture.time90 <= progress.last90 or not progress.backlog.has_room(picture, starting=False):
            for sender in list(self.members.values()):
                self.release(sender)
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
        if not self.members:
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
        while waiting and sent < most and sent * len(self.members) < _MOST_AT_ONCE:
            chunk, time90 = waiting[0]
            if not progress.bucket.allows(chunk.weight):
                break
            self._deliver(chunk, time90, begun)
            begun = nobody
            sent += chunk.count
        return not waiting

    def _deliver(self, chunk: Chunk, time90: int, begun: Callable[[], None]) -> None:
        """Send the chunk that waits first. Senders for whom the socket has no room step out with it."""
        unsent, first = [], 0
        if begun is not nobody:
            # The first is served by itself: what it waited is the delay of the picture.
            unsent, first = self._destinations.deliver(chunk, time90, 0, 1), 1
            begun()
        rest = len(self.members) - first
        if rest:
            unsent = unsent + self._destinations.deliver(chunk, time90, first, rest)
        for destination in unsent:
            self._counts.full += 1
            self.release(self.members[destination])
        progress, served = self._progress, len(self.members)
        if not served:
            progress.backlog.clear()
            return
        progress.backlog.pop()
        progress.sent(chunk, time90)
        self._counts.packets += chunk.count * served
        self._counts.octets += chunk.payload_bytes * served


def nobody() -> None:
    """It has been told already."""
