"""All viewers and streams of this process: admits, tells datagrams apart, lets go."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from mux.answer import Answer, Credentials, Sources, choose_format
from mux.channel import Channel
from mux.channels import Channels
from mux.counts import Counts
from mux.dtls import DtlsServer
from mux.offer import H264Format, Offer
from mux.pacer import Pacer
from mux.rtcp import Goodbye, KeyFrameRequest, Nack
from mux.rtp import PlayoutDelay, RtpFormat
from mux.sender import Sender
from mux.srtp import Keys
from mux.stun import Address, parse_check, receiver_of
from mux.viewer import End, Identity, Viewer
from mux.wire import Wire
from shared.clock import Clock
from shared.errors import BadInput, NotFound, TicketRefused, Unavailable, Unsupported
from shared.ids import StreamId
from shared.log import Trouble
from shared.tickets import Ticket
from shared.units import Codec

_UFRAG_BYTES = 6
_PASSWORD_BYTES = 18
_ID_BYTES = 12
_VIEWERS_PER_TICKET = 2
_REVOKED_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Admitted:
    """A viewer let in: the name of its WHEP session and our SDP answer."""

    id: str
    answer: str


class Hub:
    """The viewers. `public` is the address browsers reach; `random` need not be secret, `secret` must."""

    def __init__(
        self,
        *,
        wire: Wire,
        public: Address,
        dtls: DtlsServer,
        channels: Channels,
        pacer: Pacer,
        counts: Counts,
        trouble: Trouble,
        clock: Clock,
        random: Random,
        secret: Callable[[int], str],
        most_viewers: int,
        delay: PlayoutDelay,
        ended: Callable[[End], None],
    ) -> None:
        self._wire = wire
        self._public = public
        self._dtls = dtls
        self._channels = channels
        self._pacer = pacer
        self._counts = counts
        self._trouble = trouble
        self._clock = clock
        self._random = random
        self._secret = secret
        self._most_viewers = most_viewers
        self._delay = delay
        self._ended = ended
        self._revoked: deque[str] = deque(maxlen=_REVOKED_SESSIONS)
        self._by_id: dict[str, Viewer] = {}
        self._by_ufrag: dict[str, Viewer] = {}
        self._by_address: dict[Address, Viewer] = {}

    @property
    def viewer_count(self) -> int:
        return len(self._by_id)

    def viewers(self) -> list[Viewer]:
        return list(self._by_id.values())

    def admit(self, ticket: Ticket, stream: StreamId, offer: Offer) -> Admitted:
        """Let a viewer in.

        Raises TicketRefused when the ticket's session has been revoked, Unavailable when there are too many
        viewers, Unsupported for other than H.264.
        """
        if ticket.session in self._revoked:
            raise TicketRefused("the session this ticket was given in has ended")
        self._replace_oldest(ticket.id)
        if len(self._by_id) >= self._most_viewers:
            raise Unavailable(f"this server already has its {self._most_viewers} viewers: try again later")
        channel = self._channels.known(stream)
        if channel is not None and channel.codec is not Codec.H264:
            raise Unsupported(f"the camera sends {channel.codec}, which is not shown yet: H.264 is")
        chosen = choose_format(offer, None if channel is None else channel.profile_idc)
        primary = self._random.randrange(1, 1 << 32)
        repair = primary ^ 1 if chosen.rtx_payload_type is not None and primary != 1 else None
        credentials = Credentials(self._secret(_UFRAG_BYTES), self._secret(_PASSWORD_BYTES))
        sources = Sources(primary, repair)
        viewer = Viewer(
            Identity(self._secret(_ID_BYTES), ticket.id, ticket.session, stream),
            credentials,
            self._dtls.session(offer.fingerprints),
            lambda viewer, keys, address: self._start(viewer, keys, address, offer, chosen, sources),
            self._clock.monotonic_ns(),
        )
        self._by_id[viewer.identity.id] = viewer
        self._by_ufrag[credentials.ufrag] = viewer
        # Asked for now: the recent units come while the browser is still shaking hands.
        self._channels.join(stream)
        answer = Answer(offer, chosen, sources, credentials, self._dtls.fingerprint, self._public)
        return Admitted(viewer.identity.id, answer.render())

    def leave(self, id: str) -> None:
        """End a WHEP session by its name. Raises NotFound."""
        viewer = self._by_id.get(id)
        if viewer is None:
            raise NotFound("no such WHEP session: it may have ended already")
        self.end(viewer, End.LEFT)

    def revoke_session(self, session: str) -> int:
        """End all viewers of a signed-in session, and let none in again with its tickets; how many."""
        self._revoked.append(session)
        return self._end_all(lambda viewer: viewer.identity.session == session, End.REVOKED)

    def revoke_stream(self, stream: StreamId) -> int:
        """End all viewers of a stream; how many."""
        return self._end_all(lambda viewer: viewer.identity.stream == stream, End.REVOKED)

    def unsupported(self, channel: Channel) -> None:
        """A stream turned out not to be H.264: its viewers are let go, and told why when they come again."""
        if self._end_all(lambda viewer: viewer.identity.stream == channel.stream, End.UNSUPPORTED):
            self._trouble.count(f"{channel.stream} is {channel.codec}, which cannot be shown")

    def stop(self) -> None:
        """End everything."""
        self._end_all(lambda _: True, End.STOPPED)

    def received(self, datagram: bytes, source: Address) -> None:
        """Take one datagram from the network (RFC 7983 tells the protocols apart by the first byte)."""
        if not datagram:
            return
        first = datagram[0]
        try:
            if first < 4:
                self._check(datagram, source)
            elif source not in self._by_address:
                self._counts.bad_datagrams += 1
            elif 20 <= first < 64:
                self._handshake(self._by_address[source], datagram, source)
            elif 128 <= first < 192:
                self._feedback(self._by_address[source], datagram)
        except BadInput as error:
            self._counts.bad_datagrams += 1
            self._trouble.count(error.detail)

    def tick(self) -> None:
        """What is due: handshakes to repeat, reports, viewers gone without a word. Several times a second."""
        now_ns, utc_ns = self._clock.monotonic_ns(), self._clock.utc_ns()
        for viewer in self.viewers():
            if viewer.silent(now_ns):
                self._counts.handshake_failures += viewer.handshaking
                self.end(viewer, End.SILENT)
            elif viewer.address is None:
                continue
            elif viewer.handshaking:
                self._repeat(viewer, viewer.address)
            else:
                newest = self._channels.newest(viewer.identity.stream)
                report = viewer.report(newest, now_ns, utc_ns)
                if report is not None:
                    self._wire.send(report, viewer.address)

    def end(self, viewer: Viewer, why: End) -> None:
        """Let a viewer go; twice is no error."""
        if self._by_id.pop(viewer.identity.id, None) is None:
            return
        self._by_ufrag.pop(viewer.credentials.ufrag, None)
        for address in viewer.addresses:
            if self._by_address.get(address) is viewer:
                del self._by_address[address]
        farewell = viewer.close()
        if viewer.address is not None:
            for datagram in farewell:
                self._wire.send(datagram, viewer.address)
        self._channels.leave(viewer.identity.stream, viewer.sender)
        self._ended(why)

    def _end_all(self, chosen: Callable[[Viewer], bool], why: End) -> int:
        ending = [viewer for viewer in self._by_id.values() if chosen(viewer)]
        for viewer in ending:
            self.end(viewer, why)
        return len(ending)

    def _replace_oldest(self, ticket: str) -> None:
        """Keep one ticket from opening view after view: who reconnects with it gives up its oldest."""
        same = [viewer for viewer in self._by_id.values() if viewer.identity.ticket == ticket]
        if len(same) >= _VIEWERS_PER_TICKET:
            self.end(same[0], End.REPLACED)

    def _check(self, datagram: bytes, source: Address) -> None:
        ufrag = receiver_of(datagram)
        if ufrag is None:
            return
        viewer = self._by_ufrag.get(ufrag)
        check = None if viewer is None else parse_check(datagram)
        if viewer is None or check is None:
            raise BadInput("STUN request for nobody we know", "stun")
        known = tuple(viewer.addresses)
        answer = viewer.checked(check, source, self._clock.monotonic_ns())
        if answer is None:
            raise BadInput("STUN request with a wrong password", "stun")
        for address in known:
            if address not in viewer.addresses and self._by_address.get(address) is viewer:
                del self._by_address[address]
        self._by_address[source] = viewer
        self._wire.send(answer, source)

    def _handshake(self, viewer: Viewer, datagram: bytes, source: Address) -> None:
        try:
            answers = viewer.handshake(datagram)
        except BadInput:
            self._counts.handshake_failures += 1
            self.end(viewer, End.REFUSED)
            raise
        for answer in answers:
            self._wire.send(answer, source)
        viewer.begin(source)
        if viewer.closed:
            self.end(viewer, End.LEFT)

    def _repeat(self, viewer: Viewer, address: Address) -> None:
        try:
            for datagram in viewer.retransmit():
                self._wire.send(datagram, address)
        except BadInput as error:
            self._counts.handshake_failures += 1
            self._trouble.count(error.detail)
            self.end(viewer, End.REFUSED)

    def _feedback(self, viewer: Viewer, datagram: bytes) -> None:
        for said in viewer.feedback(datagram):
            now_ns = self._clock.monotonic_ns()
            if isinstance(said, Goodbye):
                self.end(viewer, End.LEFT)
                return
            if viewer.sender is None:
                continue
            if isinstance(said, Nack):
                viewer.sender.repair(said.missing, now_ns)
            elif isinstance(said, KeyFrameRequest):
                viewer.sender.key_picture_wanted(self._channels.repeatable(viewer.identity.stream), now_ns)

    def _start(
        self, viewer: Viewer, keys: Keys, address: Address, offer: Offer, chosen: H264Format, sources: Sources
    ) -> Sender:
        """Keys are agreed on: begin to send."""
        self._counts.handshakes += 1
        repair = None
        if sources.repair is not None and chosen.rtx_payload_type is not None:
            repair = RtpFormat(sources.repair, chosen.rtx_payload_type, offer.playout_delay_id, self._delay)
        sender = Sender(
            keys=keys,
            primary=RtpFormat(sources.primary, chosen.payload_type, offer.playout_delay_id, self._delay),
            repair=repair,
            wire=self._wire,
            address=address,
            pacer=self._pacer,
            counts=self._counts,
            random=self._random,
        )
        self._channels.start(viewer.identity.stream, sender)
        return sender
