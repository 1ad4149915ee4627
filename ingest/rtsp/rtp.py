"""Where things are in an RTP packet (RFC 3550 section 5.1), also interleaved (RFC 2326 section 10.12)."""

import struct

header = struct.Struct("!BBHII").unpack_from
"""Flags, marker with payload type, sequence number, timestamp, source."""

HEADER_BYTES = 12

FRAME_BYTES = 4
DOLLAR = 0x24
EXTENSION = 0x10
"""The flag of a packet with a header extension (section 5.3.1)."""
_PADDING = 0x20


def payload(data: memoryview, start: int, end: int, flags: int) -> tuple[int, int]:
    """Where the payload of `data[start:end]` begins and ends; it begins beyond its end where it is cut."""
    at = start + HEADER_BYTES + 4 * (flags & 0x0F)
    if flags & EXTENSION:
        if at + 4 > end:
            return end + 1, end
        at += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
    if flags & _PADDING and end > start:
        end -= data[end - 1]
    return at, end
