"""One picture to all senders of its stream: sealed and sent together, chunk by chunk."""

from collections.abc import Callable, Iterable, Sequence

from mux.counts import Counts
from mux.fanout.lockstep_group import LockstepGroup, nobody
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import CAREFUL, NEAR
from mux.rtp.picture import Picture
from mux.transport.media_transport import MediaTransport


class FanOut:
    """The senders of a stream: those in step in a lockstep group for each pace, the others one by one."""

    def __init__(self, transport: MediaTransport, pacer: Pacer, counts: Counts) -> None:
        self._transport = transport
        self._senders: dict[Sender, None] = {}
        # A pace of a link that was measured is nobody else's.
        self._lockstep = {pace: LockstepGroup(transport, pacer, counts, pace) for pace in (NEAR, CAREFUL)}
        self._groups = tuple(self._lockstep.values())

    def add(self, sender: Sender) -> None:
        """Give a sender the pictures from the next one on."""
        self._senders[sender] = None

    def discard(self, sender: Sender) -> None:
        """Give a sender no more pictures."""
        sender.step_out()
        self._senders.pop(sender, None)

    def give(self, picture: Picture, now_ns: int, begun: Callable[[], None] = nobody) -> None:
        """Give every sender the next picture. `begun` is told once when the first has been sent to.

        What the pace or the socket has no room for waits.
        """
        lockstep, in_step = [], 0
        for group in self._groups:
            if group.members and group.takes(picture, now_ns):
                lockstep.append(group)
                in_step += len(group.members)
        # Mostly all are in step, or all are tiles of walls: nobody is looked at.
        alone: Iterable[Sender] = self._senders
        if in_step:
            alone = () if in_step == len(self._senders) else self._alone()
        ready = [sender for sender in alone if sender.takes(picture, now_ns)]
        for group in lockstep:
            if group.send(begun):
                begun = nobody
        if not ready:
            return
        if begun is not nobody:
            # The first is served by itself, as in a lockstep group.
            self._send(picture, ready[:1])
            begun()
            self._send(picture, ready[1:])
        else:
            self._send(picture, ready)
        for sender in ready:
            # The tiles of a wall share one pace: none of them is ever in step.
            if sender.bucket.sharers <= 1:
                self._invite(sender, picture)

    def _alone(self) -> Sequence[Sender]:
        """The senders that are in no lockstep group."""
        return [sender for sender in self._senders if sender.membership is None]

    def _invite(self, sender: Sender, picture: Picture) -> None:
        """Let a sender that was sent a picture go on in step, where it is."""
        group = self._lockstep.get(sender.bucket.pace)
        if group is not None:
            group.invite(sender, picture.time90)

    def _send(self, picture: Picture, ready: Sequence[Sender]) -> None:
        for number, chunk in enumerate(picture.chunks):
            if not ready:
                return
            self._transport.deliver(chunk, [sender.destination for sender in ready])
            ready = [sender for sender in ready if sender.delivered(picture, number)]
