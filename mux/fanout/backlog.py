"""What waits to be sent to one viewer of one source."""

from collections import deque
from collections.abc import Sequence

from mux.fanout.token_bucket import TokenBucket
from mux.rtp.picture import Chunk, Picture
from mux.transport.destination import Destination
from shared.mediatime import ticks_from_ns

MAX_QUEUED_PACKETS = 12_000
LONGEST_WAIT_S = 2
"""A viewer whose queue would take longer to empty goes on with a key picture, once that fits."""

_LONGEST_START_S = 6


class Backlog:
    """Chunks, each with its time, first come first. All that waits of a viewer counts in its bucket."""

    __slots__ = ("_bucket", "_moved_ns", "_weight", "chunks", "packets")

    def __init__(self, bucket: TokenBucket) -> None:
        self._bucket = bucket
        self.chunks: deque[tuple[Chunk, int]] = deque()
        self.packets = 0
        self._weight = 0.0
        self._moved_ns: int | None = None

    def add(self, chunks: Sequence[Chunk], time90: int) -> None:
        for chunk in chunks:
            self.chunks.append((chunk, time90))
            self._count(chunk.count, chunk.weight)

    def take_over(self, other: "Backlog") -> None:
        """All that waits there waits here, behind nothing else, and has waited as long."""
        self.chunks.extend(other.chunks)
        self._count(other.packets, other._weight)
        self._moved_ns = other._moved_ns

    def pop(self) -> None:
        """The first one has been sent."""
        chunk, _ = self.chunks.popleft()
        self._count(-chunk.count, -chunk.weight)

    def moved(self, sent: int, now_ns: int) -> None:
        """So many packets were sent of what waits, or none could be."""
        if sent or self._moved_ns is None:
            self._moved_ns = now_ns if self.chunks else None

    def clear(self) -> None:
        self.chunks.clear()
        self._moved_ns = None
        self._count(-self.packets, -self._weight)

    def lead90(self, last90: int, now_ns: int) -> int:
        """How far the times up to `last90` have run ahead of the time for which the first chunk has waited.

        A sender that forgets its backlog has to take this back: a browser would hold later pictures back for
        it.
        """
        if not self.chunks:
            return 0
        waited_ns = 0 if self._moved_ns is None else now_ns - self._moved_ns
        return max(0, last90 - self.chunks[0][1] - ticks_from_ns(waited_ns))

    def skip_refused(self, destination: Destination) -> None:
        """Leave out the numbers of a chunk the socket took in part: they must not be used for another."""
        if destination.full and self.chunks:
            destination.index += self.chunks[0][0].count
        destination.full = False

    def has_room(self, picture: Picture, *, starting: bool) -> bool:
        """Whether what waits, with the picture, will have left in time. When empty it takes any picture."""
        if not self.chunks:
            return True
        bucket = self._bucket
        in_time = bucket.pace.packets_per_s * (_LONGEST_START_S if starting else LONGEST_WAIT_S)
        weight = sum(chunk.weight for chunk in picture.chunks)
        fits = self.packets + picture.packet_count <= MAX_QUEUED_PACKETS
        return fits and bucket.queued + weight <= in_time

    def _count(self, more: int, weight: float) -> None:
        self.packets += more
        self._weight += weight
        self._bucket.queued += weight
