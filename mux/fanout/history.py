"""What a viewer was sent lately, by its own packet index: the way from a NACK back to a packet."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from mux.rtp.picture import Chunk

KEPT_PACKETS = 1024
_index_of = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Found:
    """A packet to send again, as it was first sent."""

    marker: int
    payload: bytes
    timestamp: int
    index: int


class History:
    """The last chunks sent, at most KEPT_PACKETS packets. The packets are the stream's own, not copies."""

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: deque[tuple[int, Chunk, int]] = deque()

    def record(self, index: int, chunk: Chunk, timestamp: int) -> None:
        """Remember a chunk whose first packet had `index`; indices only grow."""
        sent = self._sent
        sent.append((index, chunk, timestamp))
        while index - sent[0][0] > KEPT_PACKETS:
            sent.popleft()

    def clear(self) -> None:
        """Forget all: it cannot be sent again as it was."""
        self._sent.clear()

    def since(self, index: int) -> Iterator[tuple[int, Chunk, int]]:
        """Index, chunk and timestamp of what is known from an index on."""
        place = bisect_left(self._sent, index, key=_index_of)
        return islice(self._sent, place, None)

    def find(self, sequence: int) -> Found | None:
        """The latest packet sent with this 16-bit sequence number, if it is still known."""
        if not self._sent:
            return None
        index, chunk, timestamp = self._sent[-1]
        newest = index + chunk.count - 1
        wanted = newest - ((newest - sequence) & 0xFFFF)
        place = bisect_right(self._sent, wanted, key=_index_of) - 1
        if place < 0:
            return None
        index, chunk, timestamp = self._sent[place]
        if wanted - index >= chunk.count:
            return None
        marker, payload = chunk.packets[wanted - index]
        return Found(marker, payload, timestamp, wanted)
