"""All WHEP sessions of this process: viewers are admitted, handed their datagrams and let go here."""

from collections.abc import Callable, Sequence

from mux.counts import Counts
from mux.rtp.rtcp import Goodbye, KeyFrameRequest, Nack
from mux.sdp.offer import Offer
from mux.sessions.admission import Admission, Admitted
from mux.sessions.handshakes import Handshakes, Later, Soon
from mux.sessions.roster import Roster
from mux.sessions.senders import Senders
from mux.sessions.viewer import End, Viewer
from mux.streams.camera import Camera
from mux.streams.channels import Channels
from mux.transport.media_transport import MediaTransport
from mux.transport.stun import Address, parse_check
from shared.clock import Clock
from shared.errors import BadInput, BeffroiError, Unavailable
from shared.ids import StreamId
from shared.leases import Ended, Leases
from shared.log import Trouble
from shared.reasons import why
from shared.tickets import Ticket

_VIEWERS_PER_TICKET = 2
_COPIES, _LAST_WORDS_COPIES = 2, 3


class SessionRegistry:
    """The WHEP sessions of this process, each a viewer. `soon` calls a function in the loop's next turn,
    `later` after seconds."""

    def __init__(
        self,
        *,
        transport: MediaTransport,
        leases: Leases,
        admission: Admission,
        channels: Channels,
        senders: Senders,
        counts: Counts,
        trouble: Trouble,
        clock: Clock,
        soon: Soon,
        later: Later,
        most_viewers: int,
        ended: Callable[[End], None],
    ) -> None:
        self.most_viewers = most_viewers
        self.roster = Roster()
        self._transport = transport
        self._leases = leases
        self._admission = admission
        self._channels = channels
        self._senders = senders
        self._counts = counts
        self._trouble = trouble
        self._clock = clock
        self._ended = ended
        self._handshakes = Handshakes(soon, later, self._handshake, self._say, counts)

    @property
    def viewer_count(self) -> int:
        return len(self.roster)

    def admit(self, ticket: Ticket, stream: StreamId, offer: Offer) -> Admitted:
        """Let a viewer of one stream in.

        Raises TicketRefused when the ticket's right has ended, Unavailable when there are too many viewers or
        nobody confirms rights, and an error that says why when the stream cannot be shown.
        """
        channel = self._channels.known(stream)
        profile_idc = None if channel is None else channel.profile_idc
        camera = Camera(stream.commune, stream.camera, (stream.kind,))
        return self._admit(ticket, offer, [camera], profile_idc=profile_idc, wall=False)

    def admit_wall(self, ticket: Ticket, offer: Offer) -> Admitted:
        """Let a viewer of a wall in: each tile shows the camera of the ticket with its number, or nothing.

        A tile whose camera may be shown no more is empty and says so. Raises as `admit` does.
        """
        return self._admit(
            ticket, offer, [Camera.at(path) for path in ticket.cameras], profile_idc=None, wall=True
        )

    def check(self, ticket: Ticket) -> None:
        """Return while a ticket's right holds. Raises as `admit` does."""
        self._leases.admit(ticket)

    def opens(self, ticket: Ticket, path: str) -> bool:
        """Whether the right of a ticket to the camera `commune/camera` holds."""
        return not self._leases.camera_ended(ticket, path)

    def take_lease(self, token: str) -> None:
        """Keep what control_room says of rights, and let go at once who lost theirs. Raises TicketRefused."""
        if self._leases.take(token):
            self.end_rights()

    def end_rights(self, part: int = 0, parts: int = 1) -> None:
        """Let go who has no right any more, empty tiles whose camera may be shown no more: of one of `parts`
        equal shares of the viewers."""
        for viewer in self.roster.share(part, parts):
            ended = self._leases.ended(viewer.ticket)
            if ended is not None:
                self.end(viewer, End.UNCONFIRMED if ended is Ended.UNCONFIRMED else End.REVOKED)
                continue
            for tile in viewer.tiles.values():
                if tile.camera is not None and not self.opens(viewer.ticket, tile.camera.path):
                    tile.revoke()

    def leave(self, id: str) -> None:
        """End a WHEP session by its name. Raises NotFound."""
        self.end(self.roster.named(id), End.LEFT)

    def stop(self) -> None:
        """End everything."""
        for viewer in self.roster:
            self.end(viewer, End.STOPPED)

    def received(self, datagram: bytes, source: Address, waited_ns: int = 0) -> None:
        """Take one datagram from the network, where it came `waited_ns` ago (RFC 7983 tells the protocols
        apart by the first byte)."""
        if not datagram:
            return
        first = datagram[0]
        try:
            if first < 4:
                self._check(datagram, source)
                return
            viewer = self.roster.at(source)
            if viewer is None:
                self._counts.bad_datagrams += 1
            elif 20 <= first < 64 and viewer.handshaking:
                self._transport.attend()
                self._handshakes.put(viewer, datagram, source)
            elif 20 <= first < 64:
                self._handshake(viewer, datagram, source)
            elif 128 <= first < 192:
                self._feedback(viewer, datagram, waited_ns)
        except BadInput as error:
            self._refuse(error)

    def tick(self, part: int = 0, parts: int = 1) -> None:
        """Do what is due: repeat handshakes, send reports, let go of viewers that fell silent.

        One of `parts` equal shares of the viewers is looked at, so that each has its turn once a second, and
        all young ones, several times a second.
        """
        now_ns, utc_ns = self._clock.monotonic_ns(), self._clock.utc_ns()
        for viewer in dict.fromkeys((*self.roster.young(now_ns), *self.roster.share(part, parts))):
            if viewer.silent(now_ns):
                self._counts.handshake_failures += viewer.handshaking
                self.end(viewer, End.SILENT)
            elif viewer.address is None:
                continue
            else:
                if viewer.handshaking:
                    self._repeat(viewer)
                self._send(viewer.reports(now_ns, utc_ns), viewer.address)

    def watch_over(self, part: int = 0, parts: int = 1) -> None:
        """Measure what each tile gets, and leave streams that have fallen silent, for one of `parts` equal
        shares of the viewers: each viewer has its turn once a second."""
        now_ns = self._clock.monotonic_ns()
        for viewer in self.roster.share(part, parts):
            for tile in viewer.tiles.values():
                tile.watch_over(now_ns)

    def end(self, viewer: Viewer, why: End) -> None:
        """Let a viewer go; twice is no error."""
        if not self.roster.remove(viewer, why):
            return
        farewell = viewer.close()
        if viewer.address is not None:
            self._send(farewell, viewer.address)
        self._ended(why)

    def _admit(
        self, ticket: Ticket, offer: Offer, cameras: Sequence[Camera], *, profile_idc: int | None, wall: bool
    ) -> Admitted:
        self.check(ticket)
        # Keeps one ticket from opening view after view: who reconnects with it gives up its oldest.
        same = self.roster.with_ticket(ticket.id)
        if len(same) >= _VIEWERS_PER_TICKET:
            self.end(same[0], End.REPLACED)
        self._transport.attend()
        if len(self.roster) >= self.most_viewers:
            raise Unavailable(
                why(
                    "mux-full",
                    "this server already has its {most} viewers: try again later",
                    most=self.most_viewers,
                )
            )
        viewer, admitted = self._admission.make(
            ticket,
            offer,
            profile_idc=profile_idc,
            wall=wall,
            started=self._senders.begin,
            refused=self._refused,
        )
        # Asked for now: the recent units come while the browser is still shaking hands.
        for tile, camera in zip(viewer.tiles.values(), cameras, strict=False):
            if not self.opens(ticket, camera.path):
                tile.revoke()
                continue
            tile.show(camera)
            if not wall and tile.feed is not None and tile.feed.refused is not None:
                error = tile.feed.refused
                viewer.close()
                raise error
        self.roster.add(viewer)
        return admitted

    def _refused(self, id: str, error: BeffroiError) -> None:
        """A stream turned out not to be showable: a viewer who watches nothing else is let go, and told why
        when it comes again."""
        for viewer in self.roster:
            if viewer.identity.id == id and not viewer.wall:
                self._trouble.count(error.detail)
                self.end(viewer, End.UNSUPPORTED)

    def _refuse(self, error: BadInput) -> None:
        self._counts.bad_datagrams += 1
        self._trouble.count(error.detail)

    def _check(self, datagram: bytes, source: Address) -> None:
        check = parse_check(datagram)
        if check is None:
            return
        viewer = self.roster.called(check.receiver)
        if viewer is None:
            raise BadInput("STUN request for nobody we know", "stun")
        settled = self.roster.is_settled(viewer, source)
        addresses, ufrags = () if settled else tuple(viewer.addresses), viewer.ufrags
        answer = viewer.checked(check, source, self._clock.monotonic_ns())
        if answer is None:
            raise BadInput("STUN request with a wrong password", "stun")
        if not settled:
            self._transport.attend()
            self.roster.move(viewer, addresses, source, ufrags)
        # Nothing begins without the first answer: what the network may lose goes out twice.
        self._send([answer] * (_COPIES if viewer.handshaking else 1), source)
        self._handshakes.greet(viewer, source)

    def _handshake(self, viewer: Viewer, datagram: bytes | None, source: Address) -> None:
        """Take a datagram of the handshake; without one, begin it."""
        if viewer not in self.roster:
            return
        now_ns, handshaking = self._clock.monotonic_ns(), viewer.handshaking
        try:
            answers = viewer.greet(now_ns) if datagram is None else viewer.handshake(datagram, now_ns)
        except BadInput as error:
            self._counts.handshake_failures += 1
            self.end(viewer, End.REFUSED)
            self._refuse(error)
            return
        # What the network may lose goes out again at once; DTLS's replay protection drops the copies. Without
        # our last words a browser has no keys, and throws the first picture away.
        copies = _LAST_WORDS_COPIES if viewer.has_keys else _COPIES
        self._send(answers * (copies if handshaking else 1), source)
        viewer.begin(source)
        if viewer.closed:
            self.end(viewer, End.LEFT)

    def _say(self, viewer: Viewer, datagrams: list[bytes]) -> None:
        if viewer.address is not None and viewer in self.roster:
            self._send(datagrams, viewer.address)

    def _send(self, datagrams: Sequence[bytes], address: Address) -> None:
        for datagram in datagrams:
            self._transport.send(datagram, address)

    def _repeat(self, viewer: Viewer) -> None:
        try:
            self._say(viewer, viewer.retransmit())
        except BadInput as error:
            self._counts.handshake_failures += 1
            self._trouble.count(error.detail)
            self.end(viewer, End.REFUSED)

    def _feedback(self, viewer: Viewer, datagram: bytes, waited_ns: int) -> None:
        now_ns = self._clock.monotonic_ns()
        for tile, said in viewer.feedback(datagram, now_ns - waited_ns):
            # Who asks for one retransmission will ask for more, or asks whether it got through.
            self._transport.attend()
            if isinstance(said, Goodbye):
                # A wall's receiver that says goodbye is one of many.
                if not viewer.wall:
                    self.end(viewer, End.LEFT)
                    return
            elif tile is not None and isinstance(said, Nack):
                tile.retransmit(said.missing, now_ns)
            elif tile is not None and isinstance(said, KeyFrameRequest):
                tile.key_picture_wanted(now_ns)
