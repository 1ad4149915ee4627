"""ICE-lite (RFC 8445 section 2.5): connectivity checks from browsers, checked and answered. Sans I/O."""

import struct
from dataclasses import dataclass

from aioice import stun

from shared.errors import BadInput

Address = tuple[str, int]
"""Host and port of IPv4."""

_MAX_BYTES = 600


@dataclass(frozen=True, slots=True)
class Check:
    """A binding request that names us by `ufrag`; not yet proven to come from who knows the password."""

    ufrag: str
    nominates: bool
    message: stun.Message

    def proven_by(self, password: str) -> bool:
        """Whether MESSAGE-INTEGRITY was made with our password (RFC 8489 section 9.1.3)."""
        proven: bool = self.message.check_message_integrity(password.encode())
        return proven


def parse_check(datagram: bytes) -> Check | None:
    """The connectivity check in a datagram; None for a STUN message that asks nothing of us.

    Raises BadInput when the datagram is no proper STUN message or a request that says not for whom it is.
    """
    if len(datagram) > _MAX_BYTES:
        raise BadInput("STUN message is too long", "stun")
    try:
        message = stun.parse_message(datagram)
    except (ValueError, struct.error) as error:
        raise BadInput(f"STUN message is malformed: {error}", "stun") from error
    if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
        return None
    username = message.attributes.get("USERNAME")
    if not isinstance(username, str) or ":" not in username:
        raise BadInput("STUN request names no receiver", "stun")
    return Check(username.partition(":")[0], "USE-CANDIDATE" in message.attributes, message)


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
