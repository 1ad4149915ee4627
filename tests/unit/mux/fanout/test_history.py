"""From a NACK's sequence number back to the packet."""

from hypothesis import given
from hypothesis import strategies as st

from mux.fanout.history import KEPT_PACKETS, History
from mux.rtp.picture import Chunk


def chunk(packets: int, name: bytes = b"") -> Chunk:
    return Chunk.of([(0, name + bytes([at])) for at in range(packets)])


@given(st.lists(st.integers(1, 32), min_size=1, max_size=150), st.integers(0, 200_000), st.data())
def test_every_packet_of_the_last_thousand_is_found(
    sizes: list[int], first: int, data: st.DataObject
) -> None:
    history, index, packets = History(), first, []
    for number, size in enumerate(sizes):
        sent = chunk(size, b"%d-" % number)
        history.record(index, sent, number)
        packets += [(index + at, payload) for at, (_, payload) in enumerate(sent.packets)]
        index += size
    wanted, payload = data.draw(st.sampled_from(packets[-KEPT_PACKETS:]))
    found = history.find(wanted & 0xFFFF)
    assert found is not None
    assert (found.index, found.payload) == (wanted, payload)


def test_a_number_never_sent_is_not_found() -> None:
    history = History()
    assert history.find(5) is None
    history.record(100, chunk(3), 0)
    assert history.find(99) is None
    assert history.find(103) is None


def test_old_packets_are_forgotten() -> None:
    history = History()
    for number in range(200):
        history.record(number * 32, chunk(32), 0)
    assert history.find(0) is None
    assert history.find(199 * 32 - KEPT_PACKETS + 32) is not None
