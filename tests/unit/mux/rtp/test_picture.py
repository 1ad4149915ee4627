"""A coded picture as the packets that all viewers share."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES
from mux.rtp.picture import CHUNK_PACKETS, MARKER, Chunk, picture_of
from tests.unit.mux.fakes import unit


@given(st.integers(1, 3 * CHUNK_PACKETS * MAX_PAYLOAD_BYTES))
@settings(max_examples=40)
def test_the_chunks_of_a_picture_are_its_packets_and_the_last_one_takes_the_marker(size: int) -> None:
    picture = picture_of(unit(0, size=size), 7)
    assert picture is not None
    packets = [packet for chunk in picture.chunks for packet in chunk.packets]
    assert [marker for marker, _ in packets] == [0] * (len(packets) - 1) + [MARKER]
    assert all(len(chunk.packets) == CHUNK_PACKETS for chunk in picture.chunks[:-1])
    assert (picture.packet_count, picture.payload_bytes) == (
        len(packets),
        sum(len(one) for _, one in packets),
    )
    assert sum(chunk.payload_bytes for chunk in picture.chunks) == picture.payload_bytes


@given(st.lists(st.tuples(st.sampled_from([0, MARKER]), st.binary(max_size=40)), min_size=1))
@settings(max_examples=40)
def test_a_chunk_gives_back_the_packets_it_was_made_of(packets: list[tuple[int, bytes]]) -> None:
    chunk = Chunk.of(packets)
    assert list(chunk.packets) == packets
    assert (chunk.count, chunk.payload_bytes) == (len(packets), sum(len(one) for _, one in packets))


def test_a_unit_with_nothing_to_send_is_no_picture() -> None:
    assert picture_of(replace(unit(0), data=b"\0\0\0\1\x09\x10"), 0) is None
