"""SRTCP of one viewer, both ways (RFC 3711 section 3.4): what it reports, and what we do.

AES-GCM (RFC 7714 section 9) is one library call a packet; AES-CM with HMAC-SHA1 is libsrtp's.
"""

from typing import Protocol

import pylibsrtp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mux.rtp.srtp import Keys, Profile, derive, session_of
from shared.errors import BadInput

_KEY_LABEL, _SALT_LABEL = 3, 5
_HEADER_BYTES = 8
_INDEX_BYTES = 4
_ENCRYPTED = 1 << 31
_LEAST_BYTES = _HEADER_BYTES + 16 + _INDEX_BYTES
_MAX_BYTES = 2048
_WINDOW = 128
_MAX_SOURCES = 64


class Srtcp(Protocol):
    """Seals our reports and opens a viewer's feedback."""

    def seal(self, report: bytes) -> bytes: ...

    def open(self, datagram: bytes) -> bytes:
        """The compound packet in a datagram. Raises BadInput when it is forged, repeated, cut or too long."""
        ...


class GcmSrtcp:
    """AES-GCM. Indices begin with 1, as libsrtp's do."""

    __slots__ = ("_decrypt", "_encrypt", "_in_salt", "_index", "_out_salt", "_seen")

    def __init__(self, keys: Keys) -> None:
        outbound, self._out_salt = _direction(keys.profile, keys.ours)
        inbound, self._in_salt = _direction(keys.profile, keys.theirs)
        self._encrypt, self._decrypt = outbound.encrypt, inbound.decrypt
        self._index = 0
        self._seen: dict[bytes, tuple[int, int]] = {}
        """Of each source, the highest index and the bits of those up to it that have come (section 3.3.2)."""

    def seal(self, report: bytes) -> bytes:
        self._index += 1
        index = (_ENCRYPTED | self._index).to_bytes(_INDEX_BYTES, "big")
        header = report[:_HEADER_BYTES]
        nonce = _nonce(self._out_salt, header, self._index)
        return header + self._encrypt(nonce, report[_HEADER_BYTES:], header + index) + index

    def open(self, datagram: bytes) -> bytes:
        if not _LEAST_BYTES <= len(datagram) <= _MAX_BYTES:
            raise BadInput("SRTCP refused: too short or too long", "rtcp")
        header, sealed, trailer = (
            datagram[:_HEADER_BYTES],
            datagram[_HEADER_BYTES:-_INDEX_BYTES],
            datagram[-_INDEX_BYTES:],
        )
        told = int.from_bytes(trailer, "big")
        index = told & ~_ENCRYPTED
        source = header[4:]
        highest, came = self._seen.get(source, (-1, 0))
        behind = highest - index
        if behind >= _WINDOW or (behind >= 0 and came >> behind & 1):
            raise BadInput("SRTCP refused: repeated or too old", "rtcp")
        nonce = _nonce(self._in_salt, header, index)
        try:
            if told & _ENCRYPTED:
                opened = header + self._decrypt(nonce, sealed, header + trailer)
            else:
                # Encryption is the sender's choice, authentication is not (RFC 7714 section 9.3).
                opened, tag = datagram[: -16 - _INDEX_BYTES], sealed[-16:]
                self._decrypt(nonce, tag, opened + trailer)
        except InvalidTag as error:
            raise BadInput("SRTCP refused: it was not made with this viewer's key", "rtcp") from error
        if behind < 0:
            self._keep(source, index, (came << min(-behind, _WINDOW) | 1) & (1 << _WINDOW) - 1)
        else:
            self._seen[source] = highest, came | 1 << behind
        return opened

    def _keep(self, source: bytes, highest: int, came: int) -> None:
        if source not in self._seen and len(self._seen) >= _MAX_SOURCES:
            raise BadInput("SRTCP refused: of too many sources", "rtcp")
        self._seen[source] = highest, came


class LibsrtpSrtcp:
    """Any profile libsrtp has."""

    __slots__ = ("_inbound", "_outbound")

    def __init__(self, keys: Keys) -> None:
        self._outbound = session_of(keys.profile, keys.ours, outbound=True)
        self._inbound = session_of(keys.profile, keys.theirs, outbound=False)

    def seal(self, report: bytes) -> bytes:
        sealed: bytes = self._outbound.protect_rtcp(report)
        return sealed

    def open(self, datagram: bytes) -> bytes:
        try:
            opened: bytes = self._inbound.unprotect_rtcp(datagram)
        except (pylibsrtp.Error, ValueError) as error:
            raise BadInput(f"SRTCP refused: {error}", "rtcp") from error
        return opened


def srtcp_of(keys: Keys) -> Srtcp:
    """The fastest of the negotiated profile."""
    return GcmSrtcp(keys) if keys.profile.is_gcm else LibsrtpSrtcp(keys)


def _direction(profile: Profile, master: bytes) -> tuple[AESGCM, int]:
    """Session key and salt of what one side sends."""
    key = derive(master, profile, _KEY_LABEL, profile.key_bytes)
    return AESGCM(key), int.from_bytes(derive(master, profile, _SALT_LABEL, profile.salt_bytes), "big")


def _nonce(salt: int, header: bytes, index: int) -> bytes:
    """RFC 7714 section 9.1: the salt with source and index in it."""
    return (salt ^ int.from_bytes(header[4:], "big") << 48 ^ index).to_bytes(12, "big")
