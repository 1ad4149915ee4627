"""A WebRTC viewer that costs little: full ICE, DTLS and SRTP keys, reports and consent checks; it counts.

It decrypts the first packets as a proof, or all of them when asked to `keep` them, and decodes nothing.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pylibsrtp
from aioice import stun
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import SSL

from mux.rtp.srtp import PROFILES, Keys, Profile
from mux.transport.dtls import datagrams
from mux.transport.fingerprint import fingerprint_of
from tests.support.light_sdp import PASSWORD, UFRAG, Place

CHECK_S = 2.5
REPORT_S = 1.0
PROOF_PACKETS = 100
_RETRY_S = 0.1
_BINDING_REQUEST = b"\x00\x01"


class Browser:
    """What many viewers share: a certificate and a DTLS context. `profiles` are offered in order."""

    def __init__(self, profiles: tuple[Profile, ...] = PROFILES, *, with_rsa: bool = False) -> None:
        key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "viewer")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = fingerprint_of(certificate).value
        self.context = SSL.Context(SSL.DTLS_METHOD)
        self.context.set_options(SSL.OP_NO_TICKET)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self.context.set_tlsext_use_srtp(b":".join(profile.name for profile in profiles))

    def dtls(self, *, begins: bool) -> SSL.Connection:
        """A connection of one viewer, which begins the handshake or waits for the server to."""
        made = SSL.Connection(self.context, None)
        if begins:
            made.set_connect_state()
        else:
            made.set_accept_state()
        made.set_ciphertext_mtu(1200)
        return made


@dataclass(slots=True)
class Received:
    """Counts, and the plain RTP packets where they are kept."""

    packets: int = 0
    octets: int = 0
    proven: int = 0
    lost_on_purpose: int = 0
    reports: int = 0
    rtp: list[bytes] = field(default_factory=list)


class LightClient:
    """One viewer. `lose` says of each SRTP packet whether the network shall lose it.

    It is the controlling ICE agent, unless `controlled` by a server that makes the offers.
    """

    def __init__(
        self,
        browser: Browser,
        place: Place,
        *,
        keep: bool = False,
        lose: Callable[[bytes], bool] | None = None,
        controlled: bool = False,
    ) -> None:
        self.place = place
        self.received = Received()
        self.keys: Keys | None = None
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.answered_checks = 0
        self._browser = browser
        self._keep = keep
        self._lose = lose
        self._controlled = controlled
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        # A datagram socket's connect only sets addresses: a candidate of ours is known from now on.
        self._socket.connect(place.address)
        self._dtls = browser.dtls(begins=not place.begins)
        self._inbound: pylibsrtp.Session | None = None
        self._outbound: pylibsrtp.Session | None = None
        self._highest = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """Its own UDP port."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def candidate(self) -> str:
        """The SDP line of this viewer's own address, for servers that want one."""
        host = self._socket.getsockname()[0]
        return f"a=candidate:1 1 udp 2130706431 {host} {self.port} typ host"

    async def connect(self, within_s: float = 10.0) -> None:
        """Connect, then keep the consent and report until `close`."""
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)
        self._tasks.append(asyncio.create_task(self._keep_consent()))
        await asyncio.wait_for(self.connected.wait(), within_s)
        self._tasks.append(asyncio.create_task(self._keep_reporting()))

    def close(self, *, politely: bool = True) -> None:
        """Leave, with a close_notify or without a word."""
        self.fall_silent()
        if politely and self.connected.is_set():
            self._dtls.shutdown()
            self._flush()
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def fall_silent(self) -> None:
        """Neither check nor report any more, but go on receiving."""
        for task in self._tasks:
            task.cancel()

    def check(self) -> None:
        """Send a connectivity check, a nominating one where that is for us to do."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.place.ufrag}:{UFRAG}"
        request.attributes["PRIORITY"] = 1
        if self._controlled:
            request.attributes["ICE-CONTROLLED"] = 1
        else:
            request.attributes["ICE-CONTROLLING"] = 1
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self.place.password.encode())
        self.send(bytes(request))

    def _answer_check(self, datagram: bytes) -> None:
        """Servers that are no ICE-lite agents check us in turn (RFC 8445, section 7.3)."""
        request = stun.parse_message(datagram)
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = self.place.address
        answer.add_message_integrity(PASSWORD.encode())
        self.send(bytes(answer))

    def send(self, datagram: bytes) -> None:
        """Send raw bytes to the server; what a server that is gone refuses is lost like on any network."""
        with suppress(OSError):
            self._socket.send(datagram)

    def feed_back(self, rtcp: bytes) -> None:
        """Seal and send an RTCP packet behind an empty receiver report."""
        assert self._outbound is not None
        empty = struct.pack(">BBHI", 0x80, 201, 1, 1)
        self.send(self._outbound.protect_rtcp(empty + rtcp))

    def ask_for_key_picture(self) -> None:
        self.feed_back(struct.pack(">BBHII", 0x81, 206, 2, 1, self.place.primary))

    def miss(self, sequence: int) -> None:
        """Send a NACK for one packet."""
        self.feed_back(struct.pack(">BBHIIHH", 0x81, 205, 3, 1, self.place.primary, sequence, 0))

    async def _keep_consent(self) -> None:
        while True:
            self.check()
            if not self.connected.is_set():
                await asyncio.sleep(_RETRY_S)
                if self._dtls.DTLSv1_get_timeout() == 0:
                    self._dtls.DTLSv1_handle_timeout()
                    self._flush()
            else:
                await asyncio.sleep(CHECK_S)

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            block = struct.pack(">IIIIII", self.place.primary, 0, self._highest, 0, 0, 0)
            report = struct.pack(">BBHI", 0x81, 201, 7, 1) + block
            assert self._outbound is not None
            self.send(self._outbound.protect_rtcp(report))

    def _readable(self) -> None:
        receive, take = self._socket.recv, self._received
        for _ in range(64):
            try:
                datagram = receive(2048)
            except OSError:
                return
            take(datagram)

    def _received(self, datagram: bytes) -> None:
        received = self.received
        if datagram[0] < 128:
            self._signalled(datagram)
        elif 192 <= datagram[1] < 224:
            received.reports += 1
        else:
            received.packets += 1
            received.octets += len(datagram)
            if self._keep or received.proven < PROOF_PACKETS:
                self._open(datagram)

    def _open(self, datagram: bytes) -> None:
        if self._lose is not None and self._lose(datagram):
            self.received.lost_on_purpose += 1
            return
        if self._inbound is None:
            return
        try:
            packet = self._inbound.unprotect(datagram)
        except pylibsrtp.Error as error:
            # The first packet of a start comes twice; replay protection drops the copy.
            if "replay" not in str(error):
                raise
            return
        self.received.proven += 1
        self._highest = int.from_bytes(packet[2:4], "big")
        if self._keep:
            self.received.rtp.append(packet)

    def _signalled(self, datagram: bytes) -> None:
        if datagram[:2] == _BINDING_REQUEST:
            self._answer_check(datagram)
            return
        if datagram[0] < 4:
            self.answered_checks += 1
            if self.answered_checks == 1:
                self._handshake()
            return
        self._dtls.bio_write(datagram)
        if self.connected.is_set():
            try:
                self._dtls.recv(1200)
            except SSL.WantReadError:
                return
            except SSL.ZeroReturnError:
                self.ended.set()
        else:
            self._handshake()

    def _handshake(self) -> None:
        try:
            self._dtls.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        self._flush()
        chosen = self._dtls.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        material = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        keys = self.keys = Keys.cut(profile, material, as_client=not self.place.begins)
        self._inbound = _session(keys.theirs, profile, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self._outbound = _session(keys.ours, profile, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.connected.set()

    def _flush(self) -> None:
        try:
            stream = self._dtls.bio_read(65536)
        except SSL.WantReadError:
            return
        for datagram in datagrams(stream):
            self.send(datagram)


def _session(master: bytes, profile: Profile, kind: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=master, ssrc_type=kind, srtp_profile=profile.libsrtp)
    policy.window_size = 1024
    return pylibsrtp.Session(policy=policy)
