"""The RTP side of one viewer: own sequence numbers and timestamps, paced starts, retransmission.

Sans I/O but for the media transport; time comes in. Times are 90 kHz ticks of the stream's timeline.
"""

from collections.abc import Sequence
from random import Random

from mux.counts import Counts
from mux.fanout.backlog import Backlog
from mux.fanout.fast_start import Started, fast_start_times
from mux.fanout.history import KEPT_PACKETS, History
from mux.fanout.pacer import STEP_PACKETS, Pacer
from mux.fanout.proactive_retransmission import ProactiveRetransmission
from mux.fanout.progress import Membership, Progress
from mux.fanout.retransmissions import Retransmissions
from mux.fanout.token_bucket import TokenBucket
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk, Picture
from mux.rtp.srtp import Keys
from mux.transport.destination import Destination
from mux.transport.media_transport import MediaTransport
from mux.transport.stun import Address


class Sender:
    """Sends one stream to one viewer."""

    def __init__(
        self,
        *,
        keys: Keys,
        primary: RtpFormat,
        rtx: RtpFormat | None,
        transport: MediaTransport,
        address: Address,
        pacer: Pacer,
        bucket: TokenBucket,
        counts: Counts,
        random: Random,
    ) -> None:
        self._transport, self._pacer, self._counts = transport, pacer, counts
        self.bucket = bucket
        """Shared by all tiles of a viewer."""
        bucket.sharers += 1
        self._keys, self._payload_type = keys, primary.payload_type
        self.ssrc = primary.ssrc
        # Below 2**15, so that both sides agree that no roll-over has happened yet (RFC 3711 section 3.3.1).
        self.destination = self._at(primary, address, random.randrange(1 << 15))
        self._history = History()
        sealer = None if rtx is None else transport.sealer(keys, rtx)
        self._retransmissions = Retransmissions(
            sealer, random.randrange(1 << 15), self._history, transport, bucket, counts
        )
        self.time_base = random.randrange(1 << 32)
        """Its RTP timestamp of what has the time 0."""
        self._backlog = Backlog(bucket)
        self._waiting = self._backlog.chunks
        self.skipped_ns: int | None = None
        """When a picture was last left out because too much was waiting."""
        self._last90: int | None = None
        self._waits_for_key = True
        self._opens = self._skips = self._starting = False
        self._proactive = ProactiveRetransmission(self._retransmissions, bucket, counts)
        self._started = Started()
        self._packets = self._octets = 0
        self.membership: Membership | None = None
        """In a lockstep group, which alone sets it; None where the sender is alone."""

    @property
    def octets(self) -> int:
        """RTP payload bytes sent so far, first time."""
        return self._octets + (0 if self.membership is None else self.membership.octets)

    @property
    def packets(self) -> int:
        """RTP packets sent so far, first time."""
        return self._packets + (0 if self.membership is None else self.membership.packets)

    @property
    def queued_packets(self) -> int:
        """Packets that wait to be sent."""
        return self._backlog.packets + (0 if self.membership is None else self.membership.queued_packets)

    def is_in_step(self, progress: Progress) -> bool:
        """Whether it could go on with senders who have come this far: it has nothing of its own to send."""
        if self._waiting or self._waits_for_key or self._opens or self._proactive or self.destination.full:
            return False
        if progress.backlog.chunks or self._last90 != progress.last90 or self.bucket.sharers > 1:
            return False
        return self.bucket.holds(progress.bucket)

    def step_out(self) -> None:
        """Ask the lockstep group to let this sender go on alone. Without effect where it is alone."""
        if self.membership is not None:
            self.membership.end()

    def resume(self) -> None:
        """Go on alone, as if it had always been: its lockstep group has let it go."""
        membership, self.membership = self.membership, None
        assert membership is not None
        progress = membership.progress
        for index, chunk, time90 in membership.sent():
            self._history.record(index, chunk, (time90 + self.time_base) & 0xFFFFFFFF)
        self._packets += membership.packets
        self._octets += membership.octets
        self._last90 = progress.last90
        self.bucket.copy(progress.bucket)
        if progress.backlog.chunks:
            self._backlog.take_over(progress.backlog)
            self._pacer.add(self)

    def tidy(self) -> None:
        """Let go of what is too old to be asked for; what comes in step is remembered once for all."""
        if self.membership is not None and self.membership.packets >= KEPT_PACKETS:
            self._history.clear()

    def switch(self, group: Sequence[Picture], now_ns: int, shift90: int) -> None:
        """Go on with another stream's group; without pictures its next key picture is waited for.

        `shift90` says how far the time of the stream so far is ahead of the new stream's: sequence numbers
        and timestamps go on as if both were one stream.
        """
        self._forget_queue(now_ns)
        self._history.clear()  # its retransmissions would take the place of the new one's pictures
        self.time_base += shift90
        if self._last90 is not None:
            self._last90 -= shift90
        self.start(group, now_ns)

    def reformat(self, primary: RtpFormat, rtx: RtpFormat | None) -> None:
        """Go on with other headers: another payload type or playout delay. The sources stay the same."""
        self.step_out()
        self._backlog.skip_refused(self.destination)
        # The same packet number must never be encrypted under two headers (AES-GCM's nonce is made of it).
        if primary.payload_type != self._payload_type or rtx is None:
            self._history.clear()
            self._proactive.clear()
        self._payload_type = primary.payload_type
        self.destination = self._at(primary, self.destination.address, self.destination.index)
        self._retransmissions.sealer = None if rtx is None else self._transport.sealer(self._keys, rtx)

    def move(self, address: Address) -> None:
        """Send to another address of the viewer from now on."""
        if address != self.destination.address:
            self.step_out()
            self.destination.address = address

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
        times90 = fast_start_times(len(group), group[-1].time90, self._last90)
        self._last90 = times90[-1]
        self._open(group[0])
        for picture, time90 in zip(group, times90, strict=True):
            self._backlog.add(picture.chunks, time90)
        self._starting = True
        self.pump(2 * STEP_PACKETS, now_ns)

    def takes(self, picture: Picture, now_ns: int) -> bool:
        """Take the next picture of the stream. True when its chunks have to be delivered to `destination`
        now, each followed by `delivered`; otherwise it waits, or is of no use to this viewer."""
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
        self.destination.timestamp = (time90 + self.time_base) & 0xFFFFFFFF
        if self._opens:
            self._retransmissions.send_twice(self.destination, picture.chunks[0])
        return True

    def delivered(self, picture: Picture, number: int) -> bool:
        """A chunk of a picture taken was delivered; whether the next is wanted."""
        left = number
        if self._sent(picture.chunks[number]):
            left += 1
            if left == len(picture.chunks):
                if self._proactive:
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
        sent = self._proactive.pump(self.destination, most)
        while self._waiting and not self._proactive and sent < most:
            chunk, time90 = self._waiting[0]
            if not bucket.allows(chunk.weight):
                break
            self.destination.timestamp = (time90 + self.time_base) & 0xFFFFFFFF
            if self._opens:
                self._retransmissions.send_twice(self.destination, chunk)
            self._transport.deliver(chunk, (self.destination,))
            if not self._sent(chunk):
                break
            self._backlog.pop()
            sent += chunk.count
            sent += self._proactive.pump(self.destination, most - sent)
        self._backlog.moved(sent, now_ns)
        if self._waiting or self._proactive:
            self._pacer.add(self)
        if not self._waiting:
            self._starting = False
        return sent

    def key_picture_wanted(self, group: Sequence[Picture], now_ns: int) -> None:
        """The viewer cannot decode: start again from the group, unless that has just been done."""
        self._counts.key_requests += 1
        if self.queued_packets or self._waits_for_key or self._started.just_now(now_ns) or not group:
            return
        self._counts.key_requests_answered += 1
        self.start(group, now_ns)

    def retransmit(self, missing: Sequence[int], now_ns: int) -> None:
        """Send again what a NACK names. See `Retransmissions`."""
        self.step_out()
        copies = 2 if self.bucket.is_far and self._started.lately(now_ns) else 1
        self._retransmissions.send(missing, self.destination, now_ns, copies)

    def stop(self) -> None:
        """Send nothing more."""
        self.step_out()
        self._backlog.clear()
        self._proactive.clear()
        self._pacer.discard(self)

    def _at(self, rtp: RtpFormat, address: Address, index: int) -> Destination:
        sealer = self._transport.sealer(self._keys, rtp)
        return Destination(sealer, rtp, self._keys.profile.tag_bytes, address, index)

    def _open(self, picture: Picture) -> None:
        """This is the next to be sent, and the viewer begins with it."""
        self._opens = True
        self._proactive.begin(len(picture.chunks))

    def _sent(self, chunk: Chunk) -> bool:
        """Count and remember a chunk that was delivered; False when it is to be delivered again."""
        destination = self.destination
        if destination.full:
            self._counts.full += 1
            return False
        self._opens = False
        index, count = destination.index, chunk.count
        self._history.record(index, chunk, destination.timestamp)
        if self._proactive.chunks_left:
            self._proactive.sent(index, chunk, destination.timestamp)
        destination.index = index + count
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
        self._proactive.clear()
        self._backlog.skip_refused(self.destination)
        self._backlog.clear()
