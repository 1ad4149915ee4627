"""How far senders in step have come: what has been sent to each of them and what waits, kept once for all."""

from collections.abc import Callable, Iterator

from mux.fanout.backlog import Backlog
from mux.fanout.history import History
from mux.fanout.token_bucket import Pace, TokenBucket
from mux.rtp.picture import Chunk


class Progress:
    """Counts since it began; each sender remembers where it came in."""

    __slots__ = ("backlog", "bucket", "history", "last90", "octets", "packets")

    def __init__(self, pace: Pace) -> None:
        self.bucket = TokenBucket(pace)
        """Never holds more than the bucket of any of them."""
        self.backlog = Backlog(self.bucket)
        """What each of them has still to be sent."""
        self.history = History()
        """By the number of packets before a chunk, and the chunk's time."""
        self.last90 = 0
        self.packets = 0
        self.octets = 0

    def sent(self, chunk: Chunk, time90: int) -> None:
        """A chunk of a time has been sent to all."""
        self.history.record(self.packets, chunk, time90)
        self.packets += chunk.count
        self.octets += chunk.payload_bytes
        self.bucket.spend(chunk.weight)


class Membership:
    """A sender's place in a lockstep group, which alone makes it: what has been sent to the sender since.

    `end` asks the group to let the sender go.
    """

    __slots__ = ("_index", "_octets", "_packets", "end", "progress")

    def __init__(self, progress: Progress, index: int, end: Callable[[], None]) -> None:
        self.progress = progress
        self.end = end
        self._index = index
        self._packets = progress.packets
        self._octets = progress.octets

    @property
    def packets(self) -> int:
        """Packets sent to the sender since it came in."""
        return self.progress.packets - self._packets

    @property
    def octets(self) -> int:
        """Payload bytes sent to the sender since it came in."""
        return self.progress.octets - self._octets

    @property
    def queued_packets(self) -> int:
        """Packets that wait to be sent to each of the group."""
        return self.progress.backlog.packets

    def sent(self) -> Iterator[tuple[int, Chunk, int]]:
        """The chunks sent since that are still known, each with its time and the sender's index of its first
        packet."""
        for place, chunk, time90 in self.progress.history.since(self._packets):
            yield self._index + place - self._packets, chunk, time90
