"""A first picture's packets, to be sent a second time: a start that lost one need not wait for a repair.

Who has no picture yet waits for every packet of the first one. A packet that is asked for again comes a round
trip later, one whose repair is lost too far more, and nobody asks for what came before the first packet they
saw. Of a large picture the middle is left out: it can be repaired while the rest is still on its way.
"""

from collections import deque

from mux.history import Found
from mux.picture import Chunk

MOST_PACKETS = 96
"""Of all tiles of a viewer together: a key picture of a usual camera, whole."""


class Encore:
    """Gathers the packets of one picture as they are sent, and gives them out once all have been."""

    __slots__ = ("_chunks_left", "_most", "_packets")

    def __init__(self) -> None:
        self._chunks_left = 0
        self._most = 0
        self._packets: deque[Found] = deque()

    def __bool__(self) -> bool:
        """Whether there is something to send now."""
        return not self._chunks_left and bool(self._packets)

    def begin(self, chunks: int, most: int) -> None:
        """A picture of so many chunks is going to be sent, of which at most so many packets are to follow."""
        self._packets.clear()
        self._most = most
        self._chunks_left = chunks if most else 0

    def sent(self, index: int, chunk: Chunk, timestamp: int) -> None:
        """A chunk was sent whose first packet had `index`."""
        if not self._chunks_left:
            return
        self._chunks_left -= 1
        for number, (marker, payload) in enumerate(chunk.packets):
            self._packets.append(Found(marker, payload, timestamp, index + number))
        first = self._most // 3
        if len(self._packets) > self._most:
            everything = list(self._packets)
            self._packets = deque((*everything[:first], *everything[first - self._most :]))

    def take(self) -> Found:
        """The next of those to send now."""
        return self._packets.popleft()
