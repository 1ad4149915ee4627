"""The RTP side of one viewer: own sequence numbers and timestamps, paced starts, retransmission.

Sans I/O but for the wire it sends on; time comes in. Times are 90 kHz ticks of the stream's timeline.
"""

from collections import deque
from collections.abc import Sequence
from random import Random

from mux.counts import Counts
from mux.history import History
from mux.layout import Layout
from mux.pacer import STEP_PACKETS, STEP_S, Pacer
from mux.picture import Chunk, Picture
from mux.rtcp import SenderReport
from mux.rtp import CLOCK_RATE, RtpFormat
from mux.srtp import Keys, sealer_of
from mux.stun import Address
from mux.wire import Wire
from shared.mediatime import ticks_from_ns

LIVE_BURST_PACKETS = 128
"""A live picture up to this long leaves at once; a longer one is paced."""

MAX_QUEUED_PACKETS = 12_000
_STEP_NS = int(STEP_S * 1e9)
_START_STEP90 = CLOCK_RATE // 1000
# A replay in mid-stream must end before the next live picture is due.
_REPLAY_SPAN90 = CLOCK_RATE // 50
_REPLAY_PAUSE_NS = 500_000_000
_REPAIR_TOKENS = 512
_REPAIR_TOKENS_PER_S = 1000
_MAX_CAPTURE_DELAY_NS = 10_000_000_000


class Sender:
    """Sends one stream to one viewer."""

    def __init__(
        self,
        *,
        keys: Keys,
        primary: RtpFormat,
        repair: RtpFormat | None,
        wire: Wire,
        address: Address,
        pacer: Pacer,
        counts: Counts,
        random: Random,
    ) -> None:
        self.address = address
        self.shape = (primary.packer.size, keys.profile.tag_bytes)
        self._wire = wire
        self._pacer = pacer
        self._counts = counts
        self._keys = keys
        self._sealer = sealer_of(keys, primary)
        self._repairer = None if repair is None else sealer_of(keys, repair)
        self._payload_type = primary.payload_type
        self._ssrc = primary.ssrc
        # Below 2**15, so that both sides agree that no roll-over has happened yet (RFC 3711 section 3.3.1).
        self._index = random.randrange(1 << 15)
        self._repair_index = random.randrange(1 << 15)
        self._time_base = random.randrange(1 << 32)
        self._history = History()
        self._queue: deque[tuple[Chunk, int]] = deque()
        self.queued_packets = 0
        self._last90: int | None = None
        self._waits_for_key = True
        self._opens = False
        self._burst_left = LIVE_BURST_PACKETS
        self._burst_ns = 0
        self._replayed_ns: int | None = None
        self._tokens = float(_REPAIR_TOKENS)
        self._tokens_ns = 0
        self._packets = 0
        self._octets = 0
        self._refused = False

    @property
    def octets(self) -> int:
        """RTP payload bytes sent so far, first time."""
        return self._octets

    @property
    def packets(self) -> int:
        """RTP packets sent so far, first time."""
        return self._packets

    def switch(self, group: Sequence[Picture], now_ns: int, shift90: int) -> None:
        """Go on with another stream's group; without pictures its next key picture is waited for.

        `shift90` is what the time of the stream so far is ahead of the new one's: sequence numbers and
        timestamps go on as if it were one stream.
        """
        self._time_base += shift90
        if self._last90 is not None:
            self._last90 -= shift90
        self.start(group, now_ns)

    def reformat(self, primary: RtpFormat, repair: RtpFormat | None) -> None:
        """Go on with other headers: another payload type or playout delay. The sources stay the same."""
        self._skip_refused()
        # The same packet number must never be encrypted under two headers (AES-GCM's nonce is made of it).
        if primary.payload_type != self._payload_type or repair is None:
            self._history = History()
        self.shape = (primary.packer.size, self._keys.profile.tag_bytes)
        self._payload_type = primary.payload_type
        self._sealer = sealer_of(self._keys, primary)
        self._repairer = None if repair is None else sealer_of(self._keys, repair)

    def start(self, group: Sequence[Picture], now_ns: int) -> None:
        """Send a group of pictures from its key picture on, paced, in place of whatever waits.

        The timestamps end at the newest picture's; without pictures the next key picture is waited for.
        """
        self._forget_queue()
        self._waits_for_key = not group
        if not group:
            return
        self._replayed_ns = now_ns
        newest90 = group[-1].time90
        step90 = _START_STEP90
        first90 = newest90 - (len(group) - 1) * step90
        if self._last90 is not None:
            step90 = max(1, min(_START_STEP90, _REPLAY_SPAN90 // len(group)))
            first90 = max(self._last90 + step90, newest90 - (len(group) - 1) * step90)
        self._opens = True
        for number, picture in enumerate(group):
            self._enqueue(picture.chunks, first90 + number * step90)
        self._last90 = first90 + (len(group) - 1) * step90
        self.pump(2 * STEP_PACKETS)

    def live(self, picture: Picture, layouts: Sequence[Layout], now_ns: int) -> None:
        """Send the next picture of the stream; `layouts` are those of its chunks in this sender's `shape`."""
        if self._waits_for_key:
            if not picture.key:
                return
            self._waits_for_key = False
            self._opens = True
        time90 = picture.time90
        if self._last90 is not None and time90 <= self._last90:
            time90 = self._last90 + 1
        if now_ns - self._burst_ns > _STEP_NS:
            self._burst_ns = now_ns
            self._burst_left = LIVE_BURST_PACKETS
        self._burst_left -= picture.packet_count
        if self._queue or self._burst_left < 0:
            if not self._may_queue(picture):
                return
            self._last90 = time90
            self._enqueue(picture.chunks, time90)
            self._pacer.add(self)
            return
        self._last90 = time90
        for number, chunk in enumerate(picture.chunks):
            if not self._send(chunk, layouts[number], time90):
                self._enqueue(picture.chunks[number:], time90)
                self._pacer.add(self)
                return

    def pump(self, most: int) -> int:
        """Send at most about `most` packets of those that wait; how many were sent."""
        sent = 0
        while self._queue and sent < most:
            chunk, time90 = self._queue[0]
            if not self._send(chunk, Layout(chunk, *self.shape), time90):
                break
            self._queue.popleft()
            self.queued_packets -= len(chunk.packets)
            sent += len(chunk.packets)
        if self._queue:
            self._pacer.add(self)
        return sent

    def key_picture_wanted(self, group: Sequence[Picture], now_ns: int) -> None:
        """The viewer cannot decode: start again from the group, unless that has just been done."""
        self._counts.key_requests += 1
        lately = self._replayed_ns is not None and now_ns - self._replayed_ns < _REPLAY_PAUSE_NS
        if self._queue or self._waits_for_key or lately or not group:
            return
        self._counts.replays += 1
        self.start(group, now_ns)

    def repair(self, missing: Sequence[int], now_ns: int) -> None:
        """Send again what a NACK names, as RTX (RFC 4588) where negotiated. What is asked too often waits."""
        self._counts.nacked += len(missing)
        passed_s = (now_ns - self._tokens_ns) / 1e9
        self._tokens = min(_REPAIR_TOKENS, self._tokens + passed_s * _REPAIR_TOKENS_PER_S)
        self._tokens_ns = now_ns
        for sequence in missing[: int(self._tokens)]:
            self._tokens -= 1
            found = self._history.find(sequence)
            if found is None:
                continue
            timestamp = found.timestamp
            if self._repairer is None:
                packet = self._sealer.packet(found.marker, found.index, timestamp, found.payload)
            else:
                original = (found.index & 0xFFFF).to_bytes(2, "big")
                packet = self._repairer.packet(
                    found.marker, self._repair_index, timestamp, original + found.payload
                )
                self._repair_index += 1
            if not self._wire.send(packet, self.address):
                return
            self._counts.repaired += 1

    def report(self, time90: int, wall_ns: int, utc_ns: int) -> SenderReport | None:
        """A sender report at `utc_ns`, by the newest picture's time and capture; None before the first."""
        if not self._packets:
            return None
        since_ns = min(max(0, utc_ns - wall_ns), _MAX_CAPTURE_DELAY_NS)
        timestamp = time90 + self._time_base + ticks_from_ns(since_ns)
        return SenderReport(self._ssrc, utc_ns, timestamp, self._packets, self._octets)

    def stop(self) -> None:
        """Send nothing more."""
        self._forget_queue()
        self._pacer.discard(self)

    def _send(self, chunk: Chunk, layout: Layout, time90: int) -> bool:
        index = self._index
        timestamp = (time90 + self._time_base) & 0xFFFFFFFF
        if self._opens:
            # Nobody can ask again for what came before the first packet they saw: it goes out twice.
            marker, payload = chunk.packets[0]
            self._wire.send(self._sealer.packet(marker, index, timestamp, payload), self.address)
        self._sealer.fill(layout, index, timestamp)
        if not self._wire.send_layout(layout, self.address):
            self._counts.full += 1
            self._refused = True
            return False
        self._opens = self._refused = False
        count = len(layout.slots)
        self._index = index + count
        self._history.record(index, chunk, timestamp)
        self._packets += count
        self._octets += chunk.payload_bytes
        self._counts.packets += count
        self._counts.octets += chunk.payload_bytes
        return True

    def _may_queue(self, picture: Picture) -> bool:
        """Whether there is room; otherwise the viewer goes on with the next key picture."""
        if self.queued_packets + picture.packet_count <= MAX_QUEUED_PACKETS:
            return True
        self._counts.jumps += 1
        self._counts.dropped += self.queued_packets + picture.packet_count
        self._forget_queue()
        self._waits_for_key = True
        return False

    def _enqueue(self, chunks: Sequence[Chunk], time90: int) -> None:
        for chunk in chunks:
            self._queue.append((chunk, time90))
            self.queued_packets += len(chunk.packets)

    def _skip_refused(self) -> None:
        """Leave out the numbers of a chunk the socket took in part: they must not be used for another."""
        if self._refused and self._queue:
            self._index += len(self._queue[0][0].packets)
        self._refused = False

    def _forget_queue(self) -> None:
        self._skip_refused()
        self._queue.clear()
        self.queued_packets = 0
