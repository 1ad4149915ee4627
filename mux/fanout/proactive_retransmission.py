"""A first picture's packets, sent a second time unasked: a start that lost one need not wait for it.

A viewer that has no picture yet waits for every packet of the first one. A packet that it asks for comes a
round trip later, and far later where that is lost too; and no browser asks for what came before the first
packet it saw. Of a large picture the middle is left out: its packets can be asked for while the rest is still
on its way.
"""

from collections import deque

from mux.counts import Counts
from mux.fanout.history import Found
from mux.fanout.retransmissions import Retransmissions
from mux.fanout.token_bucket import TokenBucket
from mux.rtp.picture import Chunk
from mux.transport.destination import Destination

MOST_PACKETS = 96
"""Of all tiles of a viewer together: a key picture of a usual camera, whole."""


class ProactiveRetransmission:
    """Gathers the packets of one picture as they are sent, and sends them again once all have been.

    It does so for a viewer that is far: elsewhere a packet that is asked for comes as soon.
    """

    __slots__ = ("_bucket", "_counts", "_most", "_packets", "_retransmissions", "chunks_left")

    def __init__(self, retransmissions: Retransmissions, bucket: TokenBucket, counts: Counts) -> None:
        self._retransmissions, self._bucket, self._counts = retransmissions, bucket, counts
        self.chunks_left = 0
        """Chunks of the picture that `sent` is still to be told of."""
        self._most = 0
        self._packets: deque[Found] = deque()

    def __bool__(self) -> bool:
        """Whether there is something to send now."""
        return not self.chunks_left and bool(self._packets)

    def begin(self, chunks: int) -> None:
        """A picture of so many chunks is going to be sent, and the viewer begins with it."""
        self._packets.clear()
        self._most = MOST_PACKETS // self._bucket.sharers
        self.chunks_left = chunks if self._bucket.is_far else 0

    def clear(self) -> None:
        """Send nothing more."""
        self._packets.clear()
        self.chunks_left = 0

    def sent(self, index: int, chunk: Chunk, timestamp: int) -> None:
        """A chunk was sent whose first packet had `index`."""
        if not self.chunks_left:
            return
        self.chunks_left -= 1
        for number, (marker, payload) in enumerate(chunk.packets):
            self._packets.append(Found(marker, payload, timestamp, index + number))
        first = self._most // 3
        if len(self._packets) > self._most:
            everything = list(self._packets)
            self._packets = deque((*everything[:first], *everything[first - self._most :]))

    def pump(self, destination: Destination, most: int) -> int:
        """Send at most so many of them again, as the pace allows; how many were sent."""
        sent = 0
        while self and sent < most and self._bucket.allows(1):
            self._retransmissions.send_again(self._packets.popleft(), destination)
            self._counts.proactive_retransmissions += 1
            sent += 1
        return sent
