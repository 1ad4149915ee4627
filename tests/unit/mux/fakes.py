"""Doubles of mux's ports, and small streams to feed it."""

import socket
from collections.abc import Callable, Sequence
from random import Random

import pylibsrtp

from mux.counts import Counts
from mux.fanout.fan_out import FanOut
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import NEAR, Pace, TokenBucket
from mux.rtp.header import RtpFormat
from mux.rtp.layout import Layout
from mux.rtp.picture import Chunk, Picture, picture_of
from mux.rtp.srtp import AES_128_GCM, Keys, Sealer, sealer_of
from mux.transport.delivery import deliver_each
from mux.transport.destination import Destination
from mux.transport.lockstep_destinations import EachDestination, LockstepDestinations
from mux.transport.stun import Address
from shared.ids import StreamId
from shared.units import AccessUnit, Codec, UtcSource

STREAM = StreamId("59350", "cam-1")
KEYS = Keys(AES_128_GCM, bytes(range(28)), bytes(range(100, 128)))
VIEWER: Address = ("192.0.2.9", 5000)
PARAMETERS = bytes.fromhex("00000001 6742c00dda0507e840000003004000000ca3c50aa8 00000001 68ce0fc8")


class RecordingTransport:
    """Keeps what is sent; `full` makes it refuse, as a socket whose buffer is full."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Address]] = []
        self.full = False
        self.attended = 0

    @property
    def datagrams(self) -> list[bytes]:
        return [datagram for datagram, _ in self.sent]

    def send(self, datagram: bytes, address: Address) -> bool:
        if not self.full:
            self.sent.append((bytes(datagram), address))
        return not self.full

    def attend(self) -> None:
        self.attended += 1

    def sealer(self, keys: Keys, rtp: RtpFormat) -> Sealer:
        return sealer_of(keys, rtp)

    def deliver(self, chunk: Chunk, destinations: Sequence[Destination]) -> None:
        deliver_each(chunk, destinations, self._send_layout)

    def lockstep(self) -> LockstepDestinations:
        return EachDestination(self.deliver)

    def _send_layout(self, layout: Layout, address: Address) -> bool:
        if self.full:
            return False
        for run in layout.runs:
            for start in range(0, len(run.data), run.segment):
                self.sent.append((bytes(run.data[start : start + run.segment]), address))
        return True


class Timers:
    """Calls that wait to be made; `run` makes those that are due now, not those they add, and lets the time
    pass that they waited."""

    def __init__(self) -> None:
        self.passed_ns = 0
        self._next_ns = 0
        self.waiting: list[Callable[[], None]] = []

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        assert seconds > 0
        self._next_ns = max(self._next_ns, int(seconds * 1e9))
        self.waiting.append(call)

    def run(self) -> None:
        due, self.waiting = self.waiting, []
        self.passed_ns += self._next_ns
        self._next_ns = 0
        for call in due:
            call()

    def run_all(self) -> None:
        while self.waiting:
            self.run()


def unit(
    seq: int,
    *,
    key: bool = False,
    size: int = 500,
    run: int = 1,
    stream: StreamId = STREAM,
    codec: Codec = Codec.H264,
) -> AccessUnit:
    """An access unit with one slice of about `size` bytes."""
    slice_nal = (b"\x65" if key else b"\x41") + bytes(1 + (seq + at) % 255 for at in range(size))
    data = (PARAMETERS if key else b"") + b"\0\0\0\1" + slice_nal
    utc_ns = 1_700_000_000_000_000_000 + seq * 40_000_000
    return AccessUnit(stream, run, seq, seq * 3600, utc_ns, UtcSource.ARRIVAL, -1, key, codec, data)


def picture(number: int, *, key: bool = False, size: int = 500) -> Picture:
    made = picture_of(unit(number, key=key, size=size), number * 3600)
    assert made is not None
    return made


class Viewed:
    """A sender with its transport and timers, and the receiving end of its SRTP."""

    def __init__(
        self,
        *,
        keys: Keys = KEYS,
        rtx: bool = True,
        extension_id: int | None = 5,
        transport: RecordingTransport | None = None,
        address: Address = VIEWER,
        pace: Pace = NEAR,
    ) -> None:
        self.transport = transport or RecordingTransport()
        self.timers = Timers()
        self.counts = Counts()
        self.pacer = Pacer(self.timers.later, lambda: self.timers.passed_ns)
        self.bucket = TokenBucket(pace)
        self.sender = Sender(
            keys=keys,
            primary=RtpFormat(0x1234, 102, extension_id),
            rtx=RtpFormat(0x1235, 103, extension_id) if rtx else None,
            transport=self.transport,
            address=address,
            pacer=self.pacer,
            bucket=self.bucket,
            counts=self.counts,
            random=Random(7),
        )
        self.fan_out = FanOut(self.transport, self.pacer, self.counts)
        self.fan_out.add(self.sender)
        policy = pylibsrtp.Policy(
            key=keys.ours, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND, srtp_profile=keys.profile.libsrtp
        )
        self._session = pylibsrtp.Session(policy=policy)
        self._read = 0

    def live(self, shown: Picture, now_ns: int = 0) -> None:
        self.fan_out.give(shown, now_ns)

    def received(self) -> list[bytes]:
        """Plain RTP of what was sent since the last call; repeated packets are left out."""
        plain = []
        for datagram, address in self.transport.sent[self._read :]:
            if address != self.sender.destination.address:
                continue
            try:
                plain.append(self._session.unprotect(datagram))
            except pylibsrtp.Error as error:
                if "replay" not in str(error):
                    raise
        self._read = len(self.transport.datagrams)
        return plain


def sequence(packet: bytes) -> int:
    return int.from_bytes(packet[2:4], "big")


def timestamp(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def ssrc(packet: bytes) -> int:
    return int.from_bytes(packet[8:12], "big")


def idle_pacer() -> Pacer:
    """A pacer whose time never comes."""
    timers = Timers()
    return Pacer(timers.later, lambda: 0)


def arrived(receiver: socket.socket) -> list[bytes]:
    """What has come so far: over loopback all that was sent is there when sending returns."""
    got = []
    while True:
        try:
            got.append(receiver.recv(65536))
        except BlockingIOError:
            return got
