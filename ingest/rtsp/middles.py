"""Takes runs of packets from the middle of a picture in one pass: they are nearly all a camera sends."""

import struct
from typing import NamedTuple

from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.rtp import DOLLAR, FRAME_BYTES, HEADER_BYTES

_START = struct.Struct("!HHHHQI")
"""Dollar sign with channel, size, flags with marker and payload type, sequence number, timestamp with source,
and the first four bytes of the payload: as few numbers as tell one packet from another."""

LEAST_BYTES = _START.size
"""A shorter frame is not looked at."""

_PLAIN = 0x80 << 8
_START_BITS = 32


class Going(NamedTuple):
    """What the next packet of a picture that has begun is like: no extras, no marker. A tuple, since it is
    made twice a picture."""

    channel: int
    payload_type: int
    sequence: int
    time32: int
    ssrc: int


def take_middles(
    data: memoryview, at: int, end: int, going: Going, depacketiser: Depacketiser
) -> tuple[int, int]:
    """Add the payloads of the packets from `data[at]` on that are like that and a `middle` to the unit.

    Gives where the first other one begins, and how many they were.
    """
    middle, middle_bytes = depacketiser.middle, depacketiser.middle_bytes
    if middle < 0:
        return at, 0
    unit, taken, expected = depacketiser.unit, 0, going.sequence
    mark, inside = DOLLAR << 8 | going.channel, _PLAIN | going.payload_type
    sender, beyond = going.time32 << 32 | going.ssrc, _START_BITS - 8 * middle_bytes
    start, payload_at = _START.unpack_from, FRAME_BYTES + HEADER_BYTES + middle_bytes
    while end - at >= LEAST_BYTES:
        found, size, kind, sequence, by, first = start(data, at)
        stop = at + FRAME_BYTES + size
        if sequence != expected or by != sender or kind != inside or first >> beyond != middle:
            break
        if found != mark or stop > end or at + payload_at >= stop:
            break
        unit += data[at + payload_at : stop]
        expected = (expected + 1) & 0xFFFF
        taken += 1
        at = stop
    return at, taken
