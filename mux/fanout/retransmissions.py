"""What goes out a second time: what a viewer misses, within bounds, and the first packet of a start."""

from collections.abc import Sequence

from mux.counts import Counts
from mux.fanout.history import Found, History
from mux.fanout.token_bucket import TokenBucket
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Sealer
from mux.rtp.weight import weight_of
from mux.transport.destination import Destination
from mux.transport.media_transport import MediaTransport

_TOKENS = 512
_TOKENS_PER_S = 1000


class Retransmissions:
    """Answers NACKs of one source: as RTX (RFC 4588) where `sealer` has headers for that, else with the very
    packet. `index` is that of the first RTX packet; `history` is what can be sent again."""

    def __init__(
        self,
        sealer: Sealer | None,
        index: int,
        history: History,
        transport: MediaTransport,
        bucket: TokenBucket,
        counts: Counts,
    ) -> None:
        self.sealer = sealer
        self._index = index
        self._history = history
        self._transport = transport
        self._bucket = bucket
        self._counts = counts
        self._tokens = float(_TOKENS)
        self._tokens_ns = 0

    def send(self, missing: Sequence[int], destination: Destination, now_ns: int, copies: int = 1) -> None:
        """Send a destination again what it was sent with these sequence numbers, each so many times. What it
        asks for beyond the bound is left out."""
        self._counts.nacked += len(missing)
        passed_s = (now_ns - self._tokens_ns) / 1e9
        self._tokens = min(_TOKENS, self._tokens + passed_s * _TOKENS_PER_S)
        self._tokens_ns = now_ns
        self._bucket.refill(now_ns)
        for sequence in missing[: int(self._tokens)]:
            self._tokens -= 1
            found = self._history.find(sequence)
            if found is None:
                continue
            if not self.send_again(found, destination, copies):
                return
            self._counts.repaired += 1

    def send_again(self, found: Found, destination: Destination, copies: int = 1) -> bool:
        """Send a packet again; copies are of one and the same. False when the socket's buffer is full."""
        packet = self._packet(found, destination)
        self._bucket.spend(copies * weight_of(len(found.payload)))
        return all(self._transport.send(packet, destination.address) for _ in range(copies))

    def send_twice(self, destination: Destination, chunk: Chunk) -> None:
        """Send the first packet of a chunk that is about to be delivered: nobody can ask again for what came
        before the first packet they saw."""
        marker, payload = chunk.packets[0]
        self._bucket.spend(weight_of(len(payload)))
        self._transport.send(
            destination.sealer.packet(marker, destination.index, destination.timestamp, payload),
            destination.address,
        )

    def _packet(self, found: Found, destination: Destination) -> bytes:
        if self.sealer is None:
            return destination.sealer.packet(found.marker, found.index, found.timestamp, found.payload)
        original = (found.index & 0xFFFF).to_bytes(2, "big")
        index, self._index = self._index, self._index + 1
        return self.sealer.packet(found.marker, index, found.timestamp, original + found.payload)
