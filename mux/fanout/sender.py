"""The RTP side of one viewer: own sequence numbers and timestamps, paced starts, retransmission.

Sans I/O but for the wire it sends on; time comes in. Times are 90 kHz ticks of the stream's timeline.
"""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from mux.counts import Counts
from mux.fanout.backlog import Backlog
from mux.fanout.fast_start import Started, replay_times
from mux.fanout.history import KEPT_PACKETS, History
from mux.fanout.pacer import STEP_PACKETS, Pacer
from mux.fanout.proactive_retransmission import Encore
from mux.fanout.progress import Joined, Progress
from mux.fanout.repairs import Repairs
from mux.fanout.token_bucket import Bucket
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk, Picture
from mux.rtp.srtp import Keys
from mux.transport.destination import Line
from mux.transport.media_transport import Wire
from mux.transport.stun import Address


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
        bucket: Bucket,
        counts: Counts,
        random: Random,
    ) -> None:
        self._wire = wire
        self._pacer = pacer
        self.bucket = bucket
        """Shared by all tiles of a viewer."""
        bucket.sharers += 1
        self._counts = counts
        self._keys, self._payload_type = keys, primary.payload_type
        self.ssrc = primary.ssrc
        # Below 2**15, so that both sides agree that no roll-over has happened yet (RFC 3711 section 3.3.1).
        index = random.randrange(1 << 15)
        self.line = Line(wire.sealer(keys, primary), primary, keys.profile.tag_bytes, address, index)
        self._history = History()
        sealer = None if repair is None else wire.sealer(keys, repair)
        self._repairs = Repairs(sealer, random.randrange(1 << 15), self._history, wire, bucket, counts)
        self.time_base = random.randrange(1 << 32)
        """Its RTP timestamp of what has the time 0."""
        self._backlog = Backlog(bucket)
        self._waiting = self._backlog.chunks
        self.skipped_ns: int | None = None
        """When a picture was last left out because too much was waiting."""
        self._last90: int | None = None
        self._waits_for_key = True
        self._opens = self._skips = self._starting = False
        self._encore = Encore(self._repairs, bucket, counts)
        self._started = Started()
        self._packets = self._octets = 0
        self._joined: Joined | None = None

    @property
    def octets(self) -> int:
        """RTP payload bytes sent so far, first time."""
        return self._octets + (0 if self._joined is None else self._joined.octets)

    @property
    def packets(self) -> int:
        """RTP packets sent so far, first time."""
        return self._packets + (0 if self._joined is None else self._joined.packets)

    @property
    def queued_packets(self) -> int:
        """Those that wait to be sent."""
        return self._backlog.packets + (0 if self._joined is None else self._joined.progress.backlog.packets)

    def joins(self, progress: Progress, leave: Callable[["Sender"], None]) -> bool:
        """Whether it is in step with others and goes on with them: `progress` counts what they are sent until
        it steps out, which `leave` is told."""
        waits = self._waiting or self._waits_for_key or self._opens or self._encore or self.line.full
        if waits or progress.backlog.chunks or self._last90 != progress.last90 or self.bucket.sharers > 1:
            return False
        if not self.bucket.holds(progress.bucket):
            return False
        self._joined = Joined(progress, self.line.index, partial(leave, self))
        self.bucket.before_change = self.step_out
        return True

    def step_out(self) -> None:
        """Go on alone, as if it had always been. Without effect where it is alone."""
        joined = self._joined
        if joined is None:
            return
        joined.leave()
        progress = joined.progress
        for index, chunk, time90 in joined.sent():
            self._history.record(index, chunk, (time90 + self.time_base) & 0xFFFFFFFF)
        self._packets, self._octets = self.packets, self.octets
        self._last90 = progress.last90
        self._joined = None
        self.bucket.before_change = None
        self.bucket.copy(progress.bucket)
        if progress.backlog.chunks:
            self._backlog.take_over(progress.backlog)
            self._pacer.add(self)

    def tidy(self) -> None:
        """Let go of what is too old to be asked for; what comes in step is remembered once for all."""
        if self._joined is not None and self._joined.packets >= KEPT_PACKETS:
            self._history.clear()

    def switch(self, group: Sequence[Picture], now_ns: int, shift90: int) -> None:
        """Go on with another stream's group; without pictures its next key picture is waited for.

        `shift90` is what the time of the stream so far is ahead of the new one's: sequence numbers and
        timestamps go on as if it were one stream.
        """
        self._forget_queue(now_ns)
        self._history.clear()  # its repairs would take the place of the new one's pictures
        self.time_base += shift90
        if self._last90 is not None:
            self._last90 -= shift90
        self.start(group, now_ns)

    def reformat(self, primary: RtpFormat, repair: RtpFormat | None) -> None:
        """Go on with other headers: another payload type or playout delay. The sources stay the same."""
        self.step_out()
        self._backlog.skip_refused(self.line)
        # The same packet number must never be encrypted under two headers (AES-GCM's nonce is made of it).
        if primary.payload_type != self._payload_type or repair is None:
            self._history.clear()
            self._encore.clear()
        self._payload_type = primary.payload_type
        line = self.line
        sealer = self._wire.sealer(self._keys, primary)
        self.line = Line(sealer, primary, self._keys.profile.tag_bytes, line.address, line.index)
        self._repairs.sealer = None if repair is None else self._wire.sealer(self._keys, repair)

    @property
    def address(self) -> Address:
        """Where the viewer is; it may move."""
        return self.line.address

    @address.setter
    def address(self, address: Address) -> None:
        if address != self.line.address:
            self.step_out()
            self.line.address = address

    def start(self, group: Sequence[Picture], now_ns: int) -> None:
        """Send a group of pictures from its key picture on, paced, in place of whatever waits.

        The timestamps end at the newest picture's; without pictures the next key picture is waited for.
        """
        self._forget_queue(now_ns)
        self._skips = False
        self._waits_for_key = not group
        if not group:
            return
        self._started.at(now_ns)
        times90 = replay_times(len(group), group[-1].time90, self._last90)
        self._last90 = times90[-1]
        self._open(group[0])
        for picture, time90 in zip(group, times90, strict=True):
            self._backlog.add(picture.chunks, time90)
        self._starting = True
        self.pump(2 * STEP_PACKETS, now_ns)

    def takes(self, picture: Picture, now_ns: int) -> bool:
        """Take the next picture of the stream. True when its chunks are to be delivered to `line` now, each
        followed by `delivered`; otherwise it waits in the queue, or is of no use to this viewer."""
        if self._waits_for_key and not picture.key:
            self._leave_out(picture, now_ns)
            return False
        bucket = self.bucket
        bucket.refill(now_ns)
        at_once = not self._waiting and bucket.allows(picture.chunks[0].weight)
        if not at_once and not self._backlog.has_room(picture, starting=self._starting):
            self._counts.jumps += not self._waits_for_key
            self._waits_for_key = self._skips = True
            self._leave_out(picture, now_ns)
            return False
        if self._waits_for_key:
            self._waits_for_key = self._skips = False
            self._open(picture)
        time90 = picture.time90
        if self._last90 is not None and time90 <= self._last90:
            time90 = self._last90 + 1
        self._last90 = time90
        if not at_once:
            self._backlog.add(picture.chunks, time90)
            self._pacer.add(self)
            return False
        self.line.timestamp = (time90 + self.time_base) & 0xFFFFFFFF
        if self._opens:
            self._repairs.send_twice(self.line, picture.chunks[0])
        return True

    def delivered(self, picture: Picture, number: int) -> bool:
        """A chunk of a picture taken was delivered; whether the next is wanted."""
        left = number
        if self._sent(picture.chunks[number]):
            left += 1
            if left == len(picture.chunks):
                if self._encore:
                    self._pacer.add(self)
                return False
            if self.bucket.allows(picture.chunks[left].weight):
                return True
        assert self._last90 is not None
        self._backlog.add(picture.chunks[left:], self._last90)
        self._pacer.add(self)
        return False

    def pump(self, most: int, now_ns: int) -> int:
        """Send at most about `most` packets of those that wait, as the pace allows; how many were sent."""
        bucket = self.bucket
        bucket.refill(now_ns)
        sent = self._encore.pump(self.line, most)
        while self._waiting and not self._encore and sent < most:
            chunk, time90 = self._waiting[0]
            if not bucket.allows(chunk.weight):
                break
            self.line.timestamp = (time90 + self.time_base) & 0xFFFFFFFF
            if self._opens:
                self._repairs.send_twice(self.line, chunk)
            self._wire.deliver(chunk, (self.line,))
            if not self._sent(chunk):
                break
            self._backlog.pop()
            sent += len(chunk.packets)
            sent += self._encore.pump(self.line, most - sent)
        self._backlog.moved(sent, now_ns)
        if self._waiting or self._encore:
            self._pacer.add(self)
        if not self._waiting:
            self._starting = False
        return sent

    def key_picture_wanted(self, group: Sequence[Picture], now_ns: int) -> None:
        """The viewer cannot decode: start again from the group, unless that has just been done."""
        self._counts.key_requests += 1
        if self.queued_packets or self._waits_for_key or self._started.just_now(now_ns) or not group:
            return
        self._counts.replays += 1
        self.start(group, now_ns)

    def repair(self, missing: Sequence[int], now_ns: int) -> None:
        """Send again what a NACK names. See `Repairs`."""
        self.step_out()
        copies = 2 if self.bucket.is_far and self._started.lately(now_ns) else 1
        self._repairs.send(missing, self.line, now_ns, copies)

    def stop(self) -> None:
        """Send nothing more."""
        self.step_out()
        self._backlog.clear()
        self._encore.clear()
        self._pacer.discard(self)

    def _open(self, picture: Picture) -> None:
        """This is the next to be sent, and the viewer begins with it."""
        self._opens = True
        self._encore.begin(len(picture.chunks))

    def _sent(self, chunk: Chunk) -> bool:
        """Count and remember a chunk that was delivered; False when it is to be delivered again."""
        line = self.line
        if line.full:
            self._counts.full += 1
            return False
        self._opens = False
        index, count = line.index, len(chunk.packets)
        self._history.record(index, chunk, line.timestamp)
        self._encore.sent(index, chunk, line.timestamp)
        line.index = index + count
        self.bucket.spend(chunk.weight)
        self._packets += count
        self._octets += chunk.payload_bytes
        self._counts.packets += count
        self._counts.octets += chunk.payload_bytes
        return True

    def _leave_out(self, picture: Picture, now_ns: int) -> None:
        if self._skips:
            self.skipped_ns = now_ns
            self._counts.dropped += picture.packet_count
            self._last90 = max(self._last90 or 0, picture.time90)

    def _forget_queue(self, now_ns: int) -> None:
        self.step_out()
        if self._last90 is not None:
            self.time_base -= self._backlog.lead90(self._last90, now_ns)
        self._encore.clear()
        self._backlog.skip_refused(self.line)
        self._backlog.clear()
