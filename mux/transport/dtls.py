"""DTLS 1.2 sessions that agree on SRTP keys (RFC 6347, RFC 5764), in either role.

Sans I/O: datagrams in, datagrams out. OpenSSL keeps the time of its own retransmissions; the caller only has
to ask often enough. The caller may repeat a flight before that: a receiver drops records that it has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from mux.rtp.srtp import PROFILES, Keys
from mux.transport.fingerprint import Fingerprint, fingerprint_of, matches
from shared.errors import BadInput

MAX_DATAGRAM_BYTES = 1200
_RECORD_HEADER_BYTES = 13
_HANDSHAKE, _CLIENT_HELLO, _SERVER_HELLO = 22, 1, 2
_DTLS_1_2 = 0xFEFD
_EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"
# Forward secret all of them, which keys before the server's last words ask for (RFC 7918 section 5). Those of
# RSA are for servers with such a certificate.
_CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:"
    b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-SHA"
)
_CERTIFICATE_DAYS = 365


class DtlsState(Enum):
    HANDSHAKING = auto()
    OPEN = auto()
    CLOSED = auto()


class DtlsRole(Enum):
    CLIENT = auto()
    """It speaks first."""
    SERVER = auto()


class DtlsEndpoint:
    """A self-signed certificate and the context all sessions share. `now` is the wall time."""

    def __init__(self, now: datetime | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key, now if now is not None else datetime.now(UTC))
        self.fingerprint = fingerprint_of(certificate)
        self._context = SSL.Context(SSL.DTLS_METHOD)
        self._context.set_min_proto_version(_DTLS_1_2)
        self._context.set_max_proto_version(_DTLS_1_2)
        self._context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
        # A viewer's session is idle after the handshake: its buffers go back, 30 kB each.
        self._context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        # Both sides are self-signed: the fingerprint in the offer is what proves the peer.
        self._context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _accept)
        self._context.use_certificate(certificate)
        self._context.use_privatekey(key)
        self._context.set_cipher_list(_CIPHERS)
        self._context.set_tlsext_use_srtp(b":".join(profile.name for profile in PROFILES))

    def session(self, expected: Sequence[Fingerprint], role: DtlsRole = DtlsRole.SERVER) -> "DtlsSession":
        """A session whose other side must show a certificate with these fingerprints; the role is ours."""
        return DtlsSession(self._context, expected, role)


def _accept(*_: object) -> bool:
    return True


def _self_signed(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "beffroi mux")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_CERTIFICATE_DAYS))
        .sign(key, hashes.SHA256())
    )


class DtlsSession:
    """One viewer's session.

    As a server we have keys when the handshake is over. As a client we have them a round trip sooner: once
    the browser has signed its part of them with the certificate that it must have, and our last words are to
    be sent (RFC 7918). Nobody but the browser can read what is sent under those keys before its own last
    words.
    """

    __slots__ = ("_connection", "_expected", "_flight", "_role", "flights", "keys", "state")

    def __init__(self, context: SSL.Context, expected: Sequence[Fingerprint], role: DtlsRole) -> None:
        self._connection = SSL.Connection(context, None)
        if role is DtlsRole.CLIENT:
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()
        self._role = role
        self.flights = 0
        """How many we have sent, each counted once."""
        self._connection.set_ciphertext_mtu(MAX_DATAGRAM_BYTES)
        self._expected = tuple(expected)
        self._flight: list[bytes] = []
        self.state = DtlsState.HANDSHAKING
        self.keys: Keys | None = None

    @property
    def speaks_first(self) -> bool:
        """Whether the first words are ours and have not been said."""
        return self._role is DtlsRole.CLIENT and not self.flights

    @property
    def unanswered(self) -> list[bytes]:
        """Our flight that the server has not answered yet, to be sent again. Empty where we are the server:
        it answers, and the client repeats itself."""
        waits = self._role is DtlsRole.CLIENT and self.state is DtlsState.HANDSHAKING
        return self._flight if waits else []

    def begin(self) -> list[bytes]:
        """Our first words; nothing where they are not ours or have been said."""
        if not self.speaks_first or self.state is not DtlsState.HANDSHAKING:
            return []
        self._handshake()
        return self._fly()

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take one datagram, give those to send. `state` and `keys` are up to date afterwards.

        Raises BadInput when the handshake fails: the session is then closed.
        """
        if self.state is DtlsState.CLOSED:
            return []
        if self._flight and self._repeats_itself(datagram):
            # Our answer was lost, or takes longer than the other side waits. OpenSSL would say it again
            # after a second only; what has come already, replay protection drops.
            return self._flight
        was = self.state
        try:
            self._connection.bio_write(datagram)
            if self.state is DtlsState.HANDSHAKING:
                self._handshake()
            if self.state is DtlsState.OPEN:
                self._read()
        except SSL.Error as error:
            self.state = DtlsState.CLOSED
            raise BadInput(f"DTLS failed: {_reason(error)}", "dtls") from error
        if was is not DtlsState.HANDSHAKING:
            return self._outgoing()
        answers = self._fly()
        if self.keys is None and any(map(_is_sealed, answers)):
            self._agree()
        return answers

    def retransmit(self) -> list[bytes]:
        """What has to be sent again now because the client has not answered; nothing while it is not time."""
        if self.state is not DtlsState.HANDSHAKING or self._connection.DTLSv1_get_timeout() != 0:
            return []
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            self.state = DtlsState.CLOSED
            raise BadInput(f"DTLS failed: {_reason(error)}", "dtls") from error
        return self._outgoing()

    def close(self) -> list[bytes]:
        """Close: the close_notify alert to send, if the session was open."""
        was, self.state = self.state, DtlsState.CLOSED
        if was is not DtlsState.OPEN:
            return []
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return self._outgoing()

    def _repeats_itself(self, datagram: bytes) -> bool:
        """Whether the other side says again what we have answered."""
        if self._role is DtlsRole.CLIENT:
            waits = self.keys is not None and self.state is DtlsState.HANDSHAKING
            return waits and _is_hello(datagram, _SERVER_HELLO)
        return _is_in_clear(datagram) if self.state is DtlsState.OPEN else _is_hello(datagram, _CLIENT_HELLO)

    def _fly(self) -> list[bytes]:
        """What OpenSSL has to say next."""
        answers = self._outgoing()
        if answers:
            self._flight = answers
            self.flights += 1
        return answers

    def _handshake(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        if self.keys is None:
            self._agree()
        self.state = DtlsState.OPEN
        if self._role is DtlsRole.CLIENT:
            # The server's were the last words.
            self._flight = []

    def _agree(self) -> None:
        """Take the keys from who has proven to be the one of the offer."""
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or not matches(certificate, self._expected):
            self.state = DtlsState.CLOSED
            raise BadInput("DTLS failed: the viewer's certificate is not the one of its offer", "dtls")
        chosen = self._connection.get_selected_srtp_profile()
        profile = next((known for known in PROFILES if known.name == chosen), None)
        if profile is None:
            self.state = DtlsState.CLOSED
            raise BadInput("DTLS failed: no SRTP profile in common", "dtls")
        material = self._connection.export_keying_material(_EXPORTER_LABEL, profile.material_bytes)
        self.keys = Keys.cut(profile, material, as_client=self._role is DtlsRole.CLIENT)

    def _read(self) -> None:
        """Nothing is expected but the alert that ends the session."""
        try:
            while self._connection.recv(MAX_DATAGRAM_BYTES):
                pass
        except SSL.WantReadError:
            return
        except SSL.ZeroReturnError:
            self.state = DtlsState.CLOSED

    def _outgoing(self) -> list[bytes]:
        """What OpenSSL wrote. Its memory is a stream: records are cut apart and packed into datagrams."""
        stream = bytearray()
        while True:
            try:
                stream += self._connection.bio_read(65536)
            except SSL.WantReadError:
                break
        return datagrams(bytes(stream))


def datagrams(records: bytes) -> list[bytes]:
    """Whole DTLS records packed into datagrams of at most MAX_DATAGRAM_BYTES where the records allow it."""
    packed: list[bytes] = []
    at = start = 0
    while at < len(records):
        end = at + _RECORD_HEADER_BYTES + int.from_bytes(records[at + 11 : at + 13], "big")
        if end - start > MAX_DATAGRAM_BYTES and at > start:
            packed.append(records[start:at])
            start = at
        at = end
    if start < len(records):
        packed.append(records[start:])
    return packed


def _is_in_clear(datagram: bytes) -> bool:
    """Whether it begins with a handshake record of epoch 0."""
    return len(datagram) > _RECORD_HEADER_BYTES and datagram[0] == _HANDSHAKE and datagram[3:5] == b"\0\0"


def _is_hello(datagram: bytes, kind: int) -> bool:
    """Whether it begins with a message of this type in clear."""
    return _is_in_clear(datagram) and datagram[_RECORD_HEADER_BYTES] == kind


def _is_sealed(datagram: bytes) -> bool:
    """Whether there is a handshake record of a later epoch in it: a side's last words."""
    at = 0
    while at + _RECORD_HEADER_BYTES <= len(datagram):
        if datagram[at] == _HANDSHAKE and datagram[at + 3 : at + 5] != b"\0\0":
            return True
        at += _RECORD_HEADER_BYTES + int.from_bytes(datagram[at + 11 : at + 13], "big")
    return False


def _reason(error: SSL.Error) -> str:
    """OpenSSL's own words for the last error, without its file names."""
    queue = error.args[0] if error.args else ()
    if isinstance(queue, list | tuple) and queue and isinstance(queue[-1], tuple):
        return str(queue[-1][-1])
    return type(error).__name__
