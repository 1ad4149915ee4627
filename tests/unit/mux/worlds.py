"""A session registry on a recording transport and a simulated clock, and browsers that talk to it."""

import struct
from collections.abc import Callable
from random import Random

import pylibsrtp
from aioice import stun
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from OpenSSL import SSL

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.observe.lag import Lag
from mux.observe.stream_metrics import StreamMetrics
from mux.rtp.srtp import PROFILES, Keys
from mux.sdp.offer import parse_offer, parse_wall_offer
from mux.sessions.adaptation import PlayoutBounds
from mux.sessions.admission import Admission
from mux.sessions.senders import Senders
from mux.sessions.session_registry import SessionRegistry
from mux.sessions.viewer import End, Viewer
from mux.streams.channel import Channel
from mux.streams.channels import Channels
from mux.streams.feed import Derive, no_derivation
from mux.transport.dtls import DtlsEndpoint, datagrams
from mux.transport.stun import Address
from mux.whep.walls import Walls
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.leases import Leases
from shared.log import Trouble, get_logger
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketSigner
from tests.support.lessor import Lessor
from tests.support.light_client import Browser
from tests.support.light_sdp import Place, offer
from tests.support.tap import FakeTap
from tests.support.wall import Source, sources_of, wall_offer
from tests.unit.mux.fakes import STREAM, RecordingTransport, Timers

_DTLS = DtlsEndpoint()
BROWSER = Browser()


class World:
    """One session registry and all around it."""

    def __init__(
        self,
        *,
        most_viewers: int = 5,
        derive: Derive = no_derivation,
        clock: SimulatedClock | None = None,
        transport: RecordingTransport | None = None,
        timers: Timers | None = None,
    ) -> None:
        self.clock = clock or SimulatedClock()
        self.transport = transport or RecordingTransport()
        self.timers = timers or Timers()
        self.again = timers or Timers()
        """What is said again in handshakes waits here."""
        self.pacer = Pacer(self.timers.later, lambda: self.clock.monotonic_ns() + self.timers.passed_ns)
        self.tap = FakeTap()
        self.counts = Counts()
        self.ended: list[End] = []
        self.channels = Channels(self.tap.subscribe, self._channel, self.clock, self.timers.later, derive)
        self._secrets = Random(1)
        self._tickets = 0
        self.patient = False
        """Whether handshakes wait for the timers instead of being done at once."""
        self.lag = Lag()
        self.admission = Admission(
            public=("192.0.2.1", 8444),
            dtls=_DTLS,
            channels=self.channels,
            clock=self.clock,
            random=Random(2),
            secret=lambda size: self._secrets.randbytes(size).hex(),
            bounds=PlayoutBounds(),
            counts=self.counts,
        )
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.lessor = Lessor(TicketSigner(key), self.clock.utc_ns)
        self.lessor.knows(wall_ticket("59350/cam-1", "59350/cam-2", "59350/cam-3"))
        self.registry = SessionRegistry(
            transport=self.transport,
            leases=Leases(key.public_key(), self.clock),
            admission=self.admission,
            channels=self.channels,
            senders=Senders(self.transport, self.pacer, self.counts, Random(2)),
            counts=self.counts,
            trouble=Trouble(get_logger("test"), "test-trouble", self.clock),
            clock=self.clock,
            soon=self._soon,
            later=self.again.later,
            most_viewers=most_viewers,
            ended=self.ended.append,
        )
        self.walls = Walls(self.registry, self.admission, StreamMetrics(), self.lag, self.clock)

    def confirm(self, *tickets: Ticket) -> None:
        """Tell the registry which rights hold, those of these tickets among them."""
        for ticket in tickets:
            self.lessor.knows(ticket)
        self.registry.take_lease(self.lessor.lease())

    def _soon(self, call: Callable[[], None]) -> None:
        if self.patient:
            self.timers.later(0.001, call)
        else:
            call()

    def _channel(self, stream: StreamId, changed: Callable[[Channel], None]) -> Channel:
        return Channel(
            stream, self.transport, self.pacer, self.clock, self.counts, sent=lambda _: None, changed=changed
        )

    def viewer(self, id: str) -> Viewer:
        return self.registry.roster.named(id)

    def admit(
        self,
        *,
        ticket: str = "",
        session: str = "session-1",
        stream: StreamId = STREAM,
        source: Address = ("192.0.2.9", 5000),
        setup: str = "actpass",
    ) -> "Visitor":
        self._tickets += 1
        shown = Ticket(ticket or f"t-{self._tickets}", "p", session, Action.LIVE, str(stream), 1 << 40)
        self.confirm(shown)
        admitted = self.registry.admit(shown, stream, parse_offer(offer(BROWSER.fingerprint, setup=setup)))
        return Visitor(self, admitted.id, Place.read(admitted.answer), source)

    def admit_wall(
        self,
        *cameras: str,
        tiles: int = 4,
        ticket: str = "",
        session: str = "session-1",
        source: Address = ("192.0.2.9", 5000),
    ) -> "Visitor":
        """A wall of some tiles; the first ones show these cameras."""
        self._tickets += 1
        shown = wall_ticket(*cameras, id=ticket or f"t-{self._tickets}", session=session)
        self.confirm(shown)
        admitted = self.registry.admit_wall(shown, parse_wall_offer(wall_offer(BROWSER.fingerprint, tiles)))
        visitor = Visitor(self, admitted.id, Place.read(admitted.answer), source)
        visitor.sources = {one.mid: one for one in sources_of(admitted.answer)}
        return visitor

    def watch_wall(self, *cameras: str, tiles: int = 4) -> "Visitor":
        """A wall that is admitted and connected."""
        visitor = self.admit_wall(*cameras, tiles=tiles)
        visitor.check()
        visitor.shake_hands()
        return visitor

    def watch(self, **asked: str) -> "Visitor":
        """A viewer that is admitted and connected."""
        visitor = self.admit(**asked)  # type: ignore[arg-type]  # the tests that use it name sessions only
        visitor.check()
        visitor.shake_hands()
        return visitor

    async def pass_time(self, seconds: float) -> None:
        """Let time pass with the registry's ticks in it."""
        for _ in range(int(seconds * 10)):
            await self.clock.advance(0.1)
            self.confirm()
            self.registry.end_rights()
            self.registry.tick()
            self.registry.watch_over()
            self.channels.release_idle()
            self.timers.run_all()


def wall_ticket(*cameras: str, id: str = "t-wall", session: str = "session-1") -> Ticket:
    """A ticket for a wall of these cameras."""
    return Ticket(id, "p", session, Action.WALL, WALL_RESOURCE, 1 << 40, cameras=cameras)


class Visitor:
    """A browser of one viewer, at one address."""

    def __init__(self, world: World, id: str, place: Place, source: Address) -> None:
        self.id = id
        self.place = place
        self.source = source
        self.sources: dict[str, Source] = {}
        self._world = world
        self._dtls = BROWSER.dtls(begins=not place.begins)
        self._outbound: pylibsrtp.Session | None = None

    def check(
        self,
        *,
        password: str | None = None,
        source: Address | None = None,
        nominate: bool = True,
        ufrag: str | None = None,
    ) -> bool:
        """Send a connectivity check; whether it was answered."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ufrag or self.place.ufrag}:light"
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity((password or self.place.password).encode())
        before = len(self._world.transport.sent)
        self._world.registry.received(bytes(request), source or self.source)
        self._hear(before)
        return any(datagram[:2] == b"\x01\x01" for datagram, _ in self._world.transport.sent[before:])

    def shake_hands(self, *, last_words: bool = True) -> None:
        done = False
        while not done:
            done, before = self._step(), len(self._world.transport.sent)
            for datagram in self._outgoing():
                if last_words or not done:
                    self._world.registry.received(datagram, self.source)
            if not self._hear(before) and not done:
                return
        chosen = self._dtls.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        material = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        keys = Keys.cut(profile, material, as_client=not self.place.begins)
        kind = pylibsrtp.Policy.SSRC_ANY_OUTBOUND
        policy = pylibsrtp.Policy(key=keys.ours, ssrc_type=kind, srtp_profile=profile.libsrtp)
        self._outbound = pylibsrtp.Session(policy=policy)

    def feed_back(self, kind: int, form: int, body: bytes) -> None:
        assert self._outbound is not None
        packet = struct.pack(">BBHI", 0x80, 201, 1, 1)
        packet += struct.pack(">BBH", 0x80 | form, kind, len(body) // 4) + body
        self._world.registry.received(self._outbound.protect_rtcp(packet), self.source)

    def report(self, last: int = 0, *, waited_ns: int = 0) -> None:
        """Say that nothing was lost; `last` names our last report, which has just come."""
        assert self._outbound is not None
        block = struct.pack(">IIIIII", self.place.primary, 0, 0, 0, last, 0)
        packet = self._outbound.protect_rtcp(struct.pack(">BBHI", 0x81, 201, 7, 1) + block)
        self._world.registry.received(packet, self.source, waited_ns)

    def leave(self) -> None:
        self._dtls.shutdown()
        for datagram in self._outgoing():
            self._world.registry.received(datagram, self.source)

    def packets(self, mid: str) -> list[bytes]:
        """The SRTP packets of one tile's pictures: headers in clear, payloads encrypted."""
        wanted = self.sources[mid].primary.to_bytes(4, "big")
        return [one for one in self.media() if one[8:12] == wanted and not 192 <= one[1] < 224]

    def media(self) -> list[bytes]:
        """The SRTP packets that were sent to this viewer's address."""
        return [one for one, to in self._world.transport.sent if to == self.source and 128 <= one[0] < 192]

    def reports(self) -> list[bytes]:
        """The sender reports among them."""
        return [one for one in self.media() if 192 <= one[1] < 224]

    def _hear(self, since: int) -> bool:
        """Take what mux has said in the handshake; whether it said anything."""
        said = [one for one, _ in self._world.transport.sent[since:] if 20 <= one[0] < 64]
        for datagram in said:
            self._dtls.bio_write(datagram)
        return bool(said)

    def _step(self) -> bool:
        try:
            self._dtls.do_handshake()
        except SSL.WantReadError:
            return False
        return True

    def _outgoing(self) -> list[bytes]:
        try:
            return datagrams(self._dtls.bio_read(65536))
        except SSL.WantReadError:
            return []
