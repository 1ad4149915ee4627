"""Packets by UDP, in order again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.reorder import MAX_HELD, MAX_HELD_NS, Reorder
from shared.clock import SimulatedClock
from tests.unit.ingest.rtsp.packets import rtp


class _Out:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.sequences: list[int] = []
        self.reorder = Reorder(self._take, self.clock)

    def put(self, *sequences: int) -> None:
        for sequence in sequences:
            self.reorder.take(rtp(b"x", sequence, 0))

    def _take(self, data: memoryview, start: int, end: int) -> None:
        self.sequences.append(int.from_bytes(data[start + 2 : start + 4], "big"))


@settings(max_examples=80)
@given(st.integers(0, 0xFFFF), st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_packets_a_little_out_of_order_come_out_in_order(first: int, delays: list[int]) -> None:
    out = _Out()
    out.put(first)
    order = sorted(range(len(delays)), key=lambda index: (index + delays[index], index))
    out.put(*(first + 1 + index for index in order))
    assert out.sequences == [(first + number) & 0xFFFF for number in range(len(delays) + 1)]


def test_a_missing_packet_is_waited_for_until_too_many_came() -> None:
    out = _Out()
    out.put(1, *range(3, 3 + MAX_HELD))
    assert out.sequences == [1]
    out.put(3 + MAX_HELD)
    assert out.sequences == [1, *range(3, 4 + MAX_HELD)]


async def test_a_missing_packet_is_waited_for_until_it_is_too_late() -> None:
    out = _Out()
    out.put(1, 3)
    await out.clock.advance(MAX_HELD_NS / 1e9)
    out.reorder.settle()
    assert out.sequences == [1, 3]


def test_what_comes_late_or_twice_is_left_to_the_receiver() -> None:
    out = _Out()
    out.put(5, 5, 4, 6)
    assert out.sequences == [5, 5, 4, 6]
