"""SRTP of what a viewer gets (RFC 3711; AES-GCM by RFC 7714).

AES-GCM is done by one library call a packet into the buffer that is sent. AES-CM with HMAC-SHA1 is libsrtp's.
"""

from dataclasses import dataclass
from typing import Protocol

import pylibsrtp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mux.rtp.header import EXTENDED_HEADER, PLAIN_HEADER, RtpFormat
from mux.rtp.layout import Layout


@dataclass(frozen=True, slots=True)
class Profile:
    """A DTLS-SRTP protection profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2)."""

    name: bytes
    libsrtp: int
    key_bytes: int
    salt_bytes: int
    tag_bytes: int

    @property
    def material_bytes(self) -> int:
        """Length of the keying material to export for both directions."""
        return 2 * (self.key_bytes + self.salt_bytes)

    @property
    def is_gcm(self) -> bool:
        """Whether it is one of RFC 7714."""
        return self.tag_bytes == 16


AES_128_GCM = Profile(b"SRTP_AEAD_AES_128_GCM", pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12, 16)
AES_128_CM_SHA1_80 = Profile(
    b"SRTP_AES128_CM_SHA1_80", pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14, 10
)
PROFILES = (AES_128_GCM, AES_128_CM_SHA1_80)


@dataclass(frozen=True, slots=True)
class Keys:
    """Master key followed by master salt, of each direction. Secret."""

    profile: Profile
    theirs: bytes
    ours: bytes

    @classmethod
    def cut(cls, profile: Profile, material: bytes, *, as_client: bool = False) -> "Keys":
        """Split exported keying material (RFC 5764 section 4.2): both keys, then both salts, the
        DTLS client's first."""
        key, salt = profile.key_bytes, profile.salt_bytes
        salts = 2 * key
        client = material[:key] + material[salts : salts + salt]
        server = material[key:salts] + material[salts + salt : salts + 2 * salt]
        return cls(profile, server, client) if as_client else cls(profile, client, server)

    def __repr__(self) -> str:
        return f"Keys({self.profile.name.decode()})"


def derive(master: bytes, profile: Profile, label: int, size: int) -> bytes:
    """A session key of RFC 3711 section 4.3 with a key derivation rate of zero.

    A 96-bit salt is padded with zero bits on the right (RFC 7714 section 11).
    """
    key, salt = master[: profile.key_bytes], master[profile.key_bytes :].ljust(14, b"\0")
    start = int.from_bytes(salt, "big") ^ label << 48
    counter = (start << 16).to_bytes(16, "big")
    encryptor = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return encryptor.update(bytes(size))


def gcm_material(keys: Keys, rtp: RtpFormat) -> tuple[bytes, int]:
    """Session key of what we send on a source, and its salt with the SSRC in it (RFC 7714 section 8.1)."""
    profile = keys.profile
    salt = int.from_bytes(derive(keys.ours, profile, 2, profile.salt_bytes), "big")
    return derive(keys.ours, profile, 0, profile.key_bytes), salt ^ rtp.ssrc << 48


class Sealer(Protocol):
    """Encrypts what one viewer gets on one synchronisation source."""

    def fill(self, layout: Layout, index: int, timestamp: int) -> None:
        """Write a chunk's packets into its layout; `index` is the first packet's 48-bit index."""
        ...

    def packet(self, marker: int, index: int, timestamp: int, payload: bytes) -> bytes:
        """One packet by itself."""
        ...


class GcmSealer:
    """AES-128-GCM."""

    __slots__ = ("_encrypt_into", "_extension", "_first", "_format", "_iv")

    def __init__(self, keys: Keys, rtp: RtpFormat) -> None:
        self._format = rtp
        self._first = rtp.first_byte
        self._extension = rtp.extension
        key, self._iv = gcm_material(keys, rtp)
        self._encrypt_into = AESGCM(key).encrypt_into

    def fill(self, layout: Layout, index: int, timestamp: int) -> None:
        # The hottest loop of the service: one header and one encryption a packet, nothing else.
        rtp, encrypt_into, iv, buffer = self._format, self._encrypt_into, self._iv, layout.buffer
        first, kind, ssrc = self._first, rtp.payload_type, rtp.ssrc
        if not self._extension:
            pack_plain = PLAIN_HEADER.pack_into
            for marker, payload, at, header, body in layout.slots:
                pack_plain(buffer, at, first, marker | kind, index & 0xFFFF, timestamp, ssrc)
                encrypt_into((iv ^ index).to_bytes(12, "big"), payload, header, body)
                index += 1
            return
        # Spelled out twice: unpacking arguments in the loop costs a tenth of it.
        pack_extended, extension = EXTENDED_HEADER.pack_into, self._extension[0]
        for marker, payload, at, header, body in layout.slots:
            pack_extended(buffer, at, first, marker | kind, index & 0xFFFF, timestamp, ssrc, extension)
            encrypt_into((iv ^ index).to_bytes(12, "big"), payload, header, body)
            index += 1

    def packet(self, marker: int, index: int, timestamp: int, payload: bytes) -> bytes:
        header = self._format.header(marker, index, timestamp)
        sealed = bytearray(len(header) + len(payload) + AES_128_GCM.tag_bytes)
        view = memoryview(sealed)
        view[: len(header)] = header
        nonce = (self._iv ^ index).to_bytes(12, "big")
        self._encrypt_into(nonce, payload, header, view[len(header) :])
        return bytes(sealed)


class LibsrtpSealer:
    """Any profile libsrtp has; for browsers without AES-GCM."""

    __slots__ = ("_format", "_protect")

    def __init__(self, keys: Keys, rtp: RtpFormat) -> None:
        self._format = rtp
        self._protect = session_of(keys.profile, keys.ours, outbound=True).protect

    def fill(self, layout: Layout, index: int, timestamp: int) -> None:
        header_bytes = layout.header_bytes
        for marker, payload, _, header, body in layout.slots:
            sealed = self.packet(marker, index, timestamp, payload)
            header[:] = sealed[:header_bytes]
            body[:] = sealed[header_bytes:]
            index += 1

    def packet(self, marker: int, index: int, timestamp: int, payload: bytes) -> bytes:
        sealed: bytes = self._protect(self._format.header(marker, index, timestamp) + payload)
        return sealed


def sealer_of(keys: Keys, rtp: RtpFormat) -> Sealer:
    """The fastest sealer of the negotiated profile."""
    return GcmSealer(keys, rtp) if keys.profile is AES_128_GCM else LibsrtpSealer(keys, rtp)


def session_of(profile: Profile, master: bytes, *, outbound: bool) -> pylibsrtp.Session:
    """libsrtp's own state of one direction."""
    kind = pylibsrtp.Policy.SSRC_ANY_OUTBOUND if outbound else pylibsrtp.Policy.SSRC_ANY_INBOUND
    policy = pylibsrtp.Policy(key=master, ssrc_type=kind, srtp_profile=profile.libsrtp)
    # A chunk the socket refused is sealed again, to the same bytes.
    policy.allow_repeat_tx = True
    return pylibsrtp.Session(policy=policy)
