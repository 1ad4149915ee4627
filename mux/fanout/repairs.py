"""What goes out a second time: what a viewer misses, within bounds, and the first packet of a start."""

from collections.abc import Sequence

from mux.counts import Counts
from mux.fanout.history import Found, History
from mux.fanout.token_bucket import Bucket
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Sealer
from mux.rtp.weight import weight_of
from mux.transport.destination import Line
from mux.transport.media_transport import Wire

_TOKENS = 512
_TOKENS_PER_S = 1000


class Repairs:
    """Answers NACKs of one source: as RTX (RFC 4588) where `sealer` has the headers of that, else with the
    packet itself. `index` is the first of the repairs' own, `history` what can be sent again."""

    def __init__(
        self, sealer: Sealer | None, index: int, history: History, wire: Wire, bucket: Bucket, counts: Counts
    ) -> None:
        self.sealer = sealer
        self._index = index
        self._history = history
        self._wire = wire
        self._bucket = bucket
        self._counts = counts
        self._tokens = float(_TOKENS)
        self._tokens_ns = 0

    def send(self, missing: Sequence[int], line: Line, now_ns: int, copies: int = 1) -> None:
        """Send again what was sent on a line with these sequence numbers, each so many times. What is asked
        too often waits."""
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
            if not self.send_again(found, line, copies):
                return
            self._counts.repaired += 1

    def send_again(self, found: Found, line: Line, copies: int = 1) -> bool:
        """Send a packet again; copies are of one and the same. False when the socket's buffer is full."""
        packet = self._packet(found, line)
        self._bucket.spend(copies * weight_of(len(found.payload)))
        return all(self._wire.send(packet, line.address) for _ in range(copies))

    def send_twice(self, line: Line, chunk: Chunk) -> None:
        """Send the first packet of a chunk that is about to be delivered: nobody can ask again for what came
        before the first packet they saw."""
        marker, payload = chunk.packets[0]
        self._bucket.spend(weight_of(len(payload)))
        self._wire.send(line.sealer.packet(marker, line.index, line.timestamp, payload), line.address)

    def _packet(self, found: Found, line: Line) -> bytes:
        if self.sealer is None:
            return line.sealer.packet(found.marker, found.index, found.timestamp, found.payload)
        original = (found.index & 0xFFFF).to_bytes(2, "big")
        index, self._index = self._index, self._index + 1
        return self.sealer.packet(found.marker, index, found.timestamp, original + found.payload)
