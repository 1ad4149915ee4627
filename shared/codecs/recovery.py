"""Where decoding may begin without a key picture: recovery points (H.264 section D.2.8, H.265 D.3.8)."""

from shared.codecs.bits import BitReader
from shared.codecs.h264 import Nal
from shared.codecs.h265 import HEADER_BYTES
from shared.codecs.h265 import Nal as Nal265
from shared.errors import BadInput

MOST_PICTURES = 255
"""More than ten seconds of pictures are told as so many."""

_RECOVERY_POINT = 6
_MAX_BYTES = 512
_MAX_MESSAGES = 16
_ESCAPE = b"\0\0\3"


def h264_recovery(data: bytes | memoryview, at: int) -> int | None:
    """How many pictures after this one all is complete, where the NAL unit at `at` is an SEI that says so.

    At most MOST_PICTURES; `data` may go on behind the unit.
    """
    if data[at] & 0x1F != Nal.SEI:
        return None
    message = _message(data, at + 1)
    if message is None:
        return None
    try:
        return min(BitReader(message, "recovery point", "sei").ue(), MOST_PICTURES)
    except BadInput:
        return None


def h265_recovery(data: bytes | memoryview, at: int) -> int | None:
    """The same of H.265, which tells a difference of picture order counts: as many pictures at most."""
    if data[at] >> 1 & 0x3F != Nal265.PREFIX_SEI:
        return None
    message = _message(data, at + HEADER_BYTES)
    if message is None:
        return None
    try:
        return min(max(0, BitReader(message, "recovery point", "sei").se()), MOST_PICTURES)
    except BadInput:
        return None


def _message(data: bytes | memoryview, at: int) -> bytes | None:
    """The payload of the recovery point among the messages from `at` on (both standards: 7.3.2.3)."""
    body = bytes(data[at : at + _MAX_BYTES])
    if _ESCAPE in body:
        body = body.replace(_ESCAPE, b"\0\0")
    at = 0
    for _ in range(_MAX_MESSAGES):
        kind, at = _number(body, at)
        size, at = _number(body, at)
        if at >= len(body):
            return None
        if kind == _RECOVERY_POINT:
            return body[at : at + size]
        at += size
        if body[at : at + 1] == b"\x80":
            # The trailing bits: no more messages.
            return None
    return None


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A number in bytes of which 255 goes on, and where it ends."""
    value = 0
    while body[at : at + 1] == b"\xff":
        value += 255
        at += 1
    return value + (body[at] if at < len(body) else 0), at + 1
