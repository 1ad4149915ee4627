"""Where the payload of an RTP packet is."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.rtp import HEADER_BYTES, header, payload


def packet(
    carried: bytes, sources: int = 0, extension: bytes | None = None, padding: int = 0
) -> tuple[bytes, int]:
    """A packet with its flags."""
    flags = 0x80 | sources | (0x10 if extension is not None else 0) | (0x20 if padding else 0)
    parts = [struct.pack("!BBHII", flags, 96, 7, 9, 11), bytes(4 * sources)]
    if extension is not None:
        parts += [struct.pack("!HH", 0xABAC, len(extension) // 4), extension]
    parts.append(carried)
    if padding:
        parts.append(bytes(padding - 1) + bytes((padding,)))
    return b"".join(parts), flags


@settings(max_examples=40)
@given(
    st.binary(max_size=40),
    st.integers(0, 15),
    st.one_of(st.none(), st.integers(0, 4).map(lambda words: bytes(4 * words))),
    st.integers(0, 255),
)
def test_the_payload_is_what_was_put_in(
    carried: bytes, sources: int, extension: bytes | None, padding: int
) -> None:
    data, flags = packet(carried, sources, extension, padding)
    assert header(data) == (flags, 96, 7, 9, 11)
    at, end = payload(memoryview(data), 0, len(data), flags)
    assert data[at:end] == carried


@settings(max_examples=40)
@given(st.binary(min_size=HEADER_BYTES, max_size=60))
def test_the_payload_of_anything_is_inside_it_or_none(data: bytes) -> None:
    at, end = payload(memoryview(data), 0, len(data), data[0])
    assert at >= HEADER_BYTES
    assert end <= len(data)


def test_a_packet_cut_in_its_extension_has_none() -> None:
    data, flags = packet(b"", extension=bytes(4))
    at, end = payload(memoryview(data), 0, HEADER_BYTES + 2, flags)
    assert at > end
