"""ICE-lite (RFC 8445 section 2.5): connectivity checks from browsers, checked and answered. Sans I/O."""

import struct
from dataclasses import dataclass

from aioice import stun

from shared.errors import BadInput

Address = tuple[str, int]
"""Host and port of IPv4."""

_MAX_BYTES = 600
_HEADER_BYTES = 20
_BINDING_REQUEST = b"\x00\x01"
_USERNAME = 0x0006


@dataclass(frozen=True, slots=True)
class Check:
    """A binding request, not yet proven to come from who knows the password."""

    nominates: bool
    message: stun.Message

    def proven_by(self, password: str) -> bool:
        """Whether MESSAGE-INTEGRITY was made with our password (RFC 8489 section 9.1.3)."""
        proven: bool = self.message.check_message_integrity(password.encode())
        return proven


def receiver_of(datagram: bytes) -> str | None:
    """Our user name fragment that a binding request names (RFC 8445 section 7.2.2), None in another message.

    Looks at no more than that: a flood of requests to nobody costs little. Raises BadInput without one.
    """
    if datagram[:2] != _BINDING_REQUEST:
        return None
    at = _HEADER_BYTES
    while at + 4 <= len(datagram):
        kind = int.from_bytes(datagram[at : at + 2], "big")
        size = int.from_bytes(datagram[at + 2 : at + 4], "big")
        if kind == _USERNAME:
            ours, colon, _ = datagram[at + 4 : at + 4 + size].partition(b":")
            if colon and ours.isascii():
                return ours.decode()
            break
        at += 4 + size + (-size % 4)
    raise BadInput("STUN request names no receiver", "stun")


def parse_check(datagram: bytes) -> Check | None:
    """The connectivity check in a datagram; None for a STUN message that asks nothing of us.

    Raises BadInput when the datagram is no proper STUN message.
    """
    if len(datagram) > _MAX_BYTES:
        raise BadInput("STUN message is too long", "stun")
    try:
        message = stun.parse_message(datagram)
    except (ValueError, struct.error) as error:
        raise BadInput(f"STUN message is malformed: {error}", "stun") from error
    if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
        return None
    return Check("USE-CANDIDATE" in message.attributes, message)


def success(check: Check, source: Address, password: str) -> bytes:
    """The answer to a proven check that came from `source`."""
    answer = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=check.message.transaction_id,
    )
    answer.attributes["XOR-MAPPED-ADDRESS"] = source
    answer.add_message_integrity(password.encode())
    return bytes(answer)
