"""Where the segments of a stream end, each stream at instants of its own."""

from zlib import crc32

from shared.ids import StreamId


def border_after(stream: StreamId, start_ns: int, segment_ns: int) -> int:
    """The stream's own next instant to cut at; staggered, so that disks are not hit at once."""
    offset_ns = hash_of(stream) * segment_ns >> 32
    return start_ns + segment_ns - (start_ns - offset_ns) % segment_ns


def hash_of(stream: StreamId) -> int:
    """A 32-bit number of a stream, the same in every process."""
    return crc32(str(stream).encode())
