"""A hub on a recording wire and a simulated clock, and browsers that talk to it datagram by datagram."""

import struct
from random import Random

import pylibsrtp
from aioice import stun
from OpenSSL import SSL

from mux.channel import Channel
from mux.channels import Channels
from mux.counts import Counts
from mux.dtls import DtlsServer, datagrams
from mux.hub import Hub
from mux.offer import parse_offer
from mux.pacer import Pacer
from mux.rtp import PlayoutDelay
from mux.srtp import PROFILES, Keys
from mux.stun import Address
from mux.viewer import End
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.tickets import Action, Ticket
from tests.bench.light_client import Browser, Place, offer
from tests.unit.mux.fakes import STREAM, FakeTap, RecordingWire, Timers

_DTLS = DtlsServer()
_BROWSER = Browser()


class World:
    """One hub and all around it."""

    def __init__(self, *, most_viewers: int = 5) -> None:
        self.clock = SimulatedClock()
        self.wire = RecordingWire()
        self.timers = Timers()
        self.tap = FakeTap()
        self.counts = Counts()
        self.ended: list[End] = []
        self.channels = Channels(self.tap.subscribe, self._channel, self.clock)
        self._secrets = Random(1)
        self._tickets = 0
        self.hub = Hub(
            wire=self.wire,
            public=("192.0.2.1", 8444),
            dtls=_DTLS,
            channels=self.channels,
            pacer=Pacer(self.timers.later),
            counts=self.counts,
            trouble=Trouble(get_logger("test"), "test-trouble", self.clock),
            clock=self.clock,
            random=Random(2),
            secret=lambda size: self._secrets.randbytes(size).hex(),
            most_viewers=most_viewers,
            delay=PlayoutDelay(),
            ended=self.ended.append,
        )

    def _channel(self, stream: StreamId) -> Channel:
        return Channel(
            stream,
            self.clock,
            self.counts,
            sent=lambda _: None,
            foreign=lambda found: self.hub.unsupported(found),
        )

    def admit(
        self,
        *,
        ticket: str = "",
        session: str = "session-1",
        stream: StreamId = STREAM,
        source: Address = ("192.0.2.9", 5000),
    ) -> "Visitor":
        self._tickets += 1
        shown = Ticket(ticket or f"t-{self._tickets}", "p", session, Action.LIVE, str(stream), 1 << 40)
        admitted = self.hub.admit(shown, stream, parse_offer(offer(_BROWSER.fingerprint)))
        return Visitor(self, admitted.id, Place.read(admitted.answer), source)

    def watch(self, **asked: str) -> "Visitor":
        """A viewer that is admitted and connected."""
        visitor = self.admit(**asked)  # type: ignore[arg-type]  # the tests that use it name sessions only
        visitor.check()
        visitor.shake_hands()
        return visitor

    async def pass_time(self, seconds: float) -> None:
        """Let time pass with the hub's ticks in it."""
        for _ in range(int(seconds * 10)):
            await self.clock.advance(0.1)
            self.hub.tick()
            self.channels.release_idle()
            self.timers.run_all()


class Visitor:
    """A browser of one viewer, at one address."""

    def __init__(self, world: World, id: str, place: Place, source: Address) -> None:
        self.id = id
        self.place = place
        self.source = source
        self._world = world
        self._dtls = SSL.Connection(_BROWSER.context, None)
        self._dtls.set_connect_state()
        self._dtls.set_ciphertext_mtu(1200)
        self._outbound: pylibsrtp.Session | None = None

    def check(
        self, *, password: str | None = None, source: Address | None = None, nominate: bool = True
    ) -> bool:
        """Send a connectivity check; whether it was answered."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.place.ufrag}:light"
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity((password or self.place.password).encode())
        before = len(self._world.wire.sent)
        self._world.hub.received(bytes(request), source or self.source)
        answers = self._world.wire.sent[before:]
        return any(datagram[:2] == b"\x01\x01" for datagram, _ in answers)

    def shake_hands(self) -> None:
        while not self._step():
            before = len(self._world.wire.sent)
            for datagram in self._outgoing():
                self._world.hub.received(datagram, self.source)
            answers = [one for one, _ in self._world.wire.sent[before:] if 20 <= one[0] < 64]
            if not answers:
                return
            for answer in answers:
                self._dtls.bio_write(answer)
        chosen = self._dtls.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        material = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        keys = Keys.cut(profile, material)
        kind = pylibsrtp.Policy.SSRC_ANY_OUTBOUND
        policy = pylibsrtp.Policy(key=keys.client, ssrc_type=kind, srtp_profile=profile.libsrtp)
        self._outbound = pylibsrtp.Session(policy=policy)

    def feed_back(self, kind: int, form: int, body: bytes) -> None:
        assert self._outbound is not None
        packet = struct.pack(">BBHI", 0x80, 201, 1, 1)
        packet += struct.pack(">BBH", 0x80 | form, kind, len(body) // 4) + body
        self._world.hub.received(self._outbound.protect_rtcp(packet), self.source)

    def leave(self) -> None:
        self._dtls.shutdown()
        for datagram in self._outgoing():
            self._world.hub.received(datagram, self.source)

    def media(self) -> list[bytes]:
        """The SRTP packets that were sent to this viewer's address."""
        return [one for one, to in self._world.wire.sent if to == self.source and 128 <= one[0] < 192]

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
