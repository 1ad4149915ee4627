"""How far senders in step have come: what has been sent to each of them, kept once for all."""

from mux.history import History
from mux.pace import Bucket, Pace
from mux.picture import Chunk


class Progress:
    """Counts since it began; each sender remembers where it came in."""

    __slots__ = ("bucket", "history", "last90", "octets", "packets")

    def __init__(self, pace: Pace) -> None:
        self.bucket = Bucket(pace)
        """Never holds more than the bucket of any of them."""
        self.history = History()
        """By the number of packets before a chunk, and the chunk's time."""
        self.last90 = 0
        self.packets = 0
        self.octets = 0

    def sent(self, chunk: Chunk) -> None:
        """A chunk of the time `last90` has been sent to all."""
        self.history.record(self.packets, chunk, self.last90)
        self.packets += len(chunk.packets)
        self.octets += chunk.payload_bytes
        self.bucket.spend(len(chunk.packets))
