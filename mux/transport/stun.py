"""ICE-lite (RFC 8445 section 2.5): connectivity checks from browsers, checked and answered. Sans I/O.

Each viewer checks every few seconds for as long as it watches, so a check costs one pass over its bytes and a
hash each way.
"""

from binascii import crc32
from hmac import compare_digest
from socket import inet_aton
from struct import Struct
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.hmac import HMAC

from shared.errors import BadInput

Address = tuple[str, int]
"""Host and port of IPv4."""

_MAX_BYTES = 600
_HEADER = Struct(">HHI12s")
_ATTRIBUTE = Struct(">HH")
_NUMBER = Struct(">I")
_ANSWER = Struct(">HHI12sHHHHI")
_BINDING_REQUEST = 0x0001
_BINDING_SUCCESS = 0x0101
_COOKIE = 0x2112A442
_USERNAME = 0x0006
_INTEGRITY = 0x0008
_XOR_MAPPED_ADDRESS = 0x0020
_USE_CANDIDATE = 0x0025
_FINGERPRINT = 0x8028
_FINGERPRINT_XOR = 0x5354554E
_IPV4 = 1
_HASH_BYTES = 20
_INTEGRITY_BYTES = _ATTRIBUTE.size + _HASH_BYTES
_FINGERPRINT_BYTES = _ATTRIBUTE.size + _NUMBER.size
_MAPPED_BYTES = 8
_ANSWER_BYTES = _ATTRIBUTE.size + _MAPPED_BYTES + _INTEGRITY_BYTES


class Integrity:
    """MESSAGE-INTEGRITY with a password (RFC 8489 section 14.5), keyed once: checks come for hours."""

    __slots__ = ("_keyed",)

    def __init__(self, password: str) -> None:
        self._keyed = HMAC(password.encode(), SHA1())

    def of(self, message: bytes) -> bytes:
        """The proof of what an attribute covers."""
        made = self._keyed.copy()
        made.update(message)
        return made.finalize()


class Check(NamedTuple):
    """A binding request, not yet proven to come from somebody who knows the password.

    `receiver` is the user name fragment of ours that the request names (RFC 8445 section 7.2.2). `signed` is
    what its MESSAGE-INTEGRITY `proof` is made of; without one both are empty.
    """

    receiver: str
    nominates: bool
    transaction: bytes
    signed: bytes
    proof: bytes

    def proven_by(self, integrity: Integrity) -> bool:
        """Whether MESSAGE-INTEGRITY was made with our password."""
        return compare_digest(integrity.of(self.signed), self.proof)


def parse_check(datagram: bytes) -> Check | None:
    """The connectivity check in a datagram; None for a STUN message that asks nothing of us.

    Nothing is hashed before it is known whom the check is for: a flood of requests to nobody costs little.
    Raises BadInput when the datagram is no proper STUN message, or a request that names no receiver.
    """
    transaction = _transaction(datagram)
    if transaction is None:
        return None
    receiver, nominates, signed, proof = "", False, b"", b""
    at, size = _HEADER.size, len(datagram)
    while at < size:
        name, length = _ATTRIBUTE.unpack_from(datagram, at)
        start = at + _ATTRIBUTE.size
        end = start + length
        if end > size:
            raise BadInput("STUN attribute is cut", "stun")
        if name == _FINGERPRINT:
            if not _is_intact(datagram, at, end):
                raise BadInput("STUN fingerprint is wrong", "stun")
        elif proof:
            # Not covered by the proof: RFC 8489 section 14.5 has it ignored.
            pass
        elif name == _USERNAME:
            receiver = _first_half(datagram[start:end])
        elif name == _USE_CANDIDATE:
            nominates = True
        elif name == _INTEGRITY:
            if length != _HASH_BYTES:
                raise BadInput("STUN message integrity has a wrong length", "stun")
            signed, proof = _covered(datagram, at, _INTEGRITY_BYTES), datagram[start:end]
        at = end + (-length & 3)
    if not receiver:
        raise BadInput("STUN request names no receiver", "stun")
    return Check(receiver, nominates, transaction, signed, proof)


def _transaction(datagram: bytes) -> bytes | None:
    """The transaction of a binding request, None of another message."""
    size = len(datagram)
    if not _HEADER.size <= size <= _MAX_BYTES:
        raise BadInput("STUN message is too short or too long", "stun")
    kind, body_bytes, cookie, transaction = _HEADER.unpack_from(datagram)
    if cookie != _COOKIE or size != _HEADER.size + body_bytes or body_bytes % 4:
        raise BadInput("STUN message is malformed", "stun")
    return transaction if kind == _BINDING_REQUEST else None


def success(check: Check, source: Address, integrity: Integrity) -> bytes:
    """The answer to a proven check that came from `source`."""
    host, port = source
    answer = _ANSWER.pack(
        _BINDING_SUCCESS,
        _ANSWER_BYTES,
        _COOKIE,
        check.transaction,
        _XOR_MAPPED_ADDRESS,
        _MAPPED_BYTES,
        _IPV4,
        port ^ _COOKIE >> 16,
        int.from_bytes(inet_aton(host), "big") ^ _COOKIE,
    )
    answer = _covered(
        answer + _ATTRIBUTE.pack(_INTEGRITY, _HASH_BYTES) + integrity.of(answer),
        _HEADER.size + _ANSWER_BYTES,
        _FINGERPRINT_BYTES,
    )
    return answer + _ATTRIBUTE.pack(_FINGERPRINT, _NUMBER.size) + _NUMBER.pack(_checksum(answer))


def _covered(message: bytes, at: int, attribute_bytes: int) -> bytes:
    """What an attribute at `at` is made of: all before it, as if the message ended with it."""
    length = at - _HEADER.size + attribute_bytes
    return message[:2] + length.to_bytes(2, "big") + message[4:at]


def _checksum(covered: bytes) -> int:
    return crc32(covered) ^ _FINGERPRINT_XOR


def _is_intact(datagram: bytes, at: int, end: int) -> bool:
    if end - at != _FINGERPRINT_BYTES:
        return False
    told: int = _NUMBER.unpack_from(datagram, at + _ATTRIBUTE.size)[0]
    return told == _checksum(_covered(datagram, at, _FINGERPRINT_BYTES))


def _first_half(username: bytes) -> str:
    ours, colon, _ = username.partition(b":")
    return ours.decode() if colon and ours.isascii() else ""
