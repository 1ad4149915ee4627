"""The bounded queue between a camera's thread and its streamer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import Packet
from ingest.waiting import WaitingPackets

LIMIT = 4


def packet(number: int, key: bool) -> Packet:
    return Packet(b"", number, key, 0)


def test_packets_leave_in_the_order_they_came() -> None:
    waiting = WaitingPackets(LIMIT)
    sent = [packet(number, number == 0) for number in range(LIMIT)]
    for one in sent:
        waiting.put(one)
    assert [waiting.take() for _ in range(len(waiting))] == sent


def test_what_does_not_fit_is_counted_and_leaves_a_gap_before_what_fits() -> None:
    waiting = WaitingPackets(LIMIT)
    for number in range(LIMIT + 2):
        waiting.put(packet(number, number == 0))
    waiting.clear()
    waiting.put(packet(9, False))
    waiting.put(packet(10, False))
    assert waiting.dropped == 2
    assert [(one.pts90, one.gap) for one in (waiting.take(), waiting.take())] == [(9, True), (10, False)]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.booleans())))
def test_the_queue_is_bounded_and_each_packet_is_taken_or_counted(steps: list[bool | None]) -> None:
    """None takes a packet, a boolean puts one that is key or not."""
    waiting, taken, put = WaitingPackets(LIMIT), [], 0
    for step in steps:
        if step is None:
            if len(waiting):
                taken.append(waiting.take())
        else:
            waiting.put(packet(put, step))
            put += 1
        assert len(waiting) <= LIMIT
    taken += [waiting.take() for _ in range(len(waiting))]
    assert len(taken) + waiting.dropped == put
    for before, after in zip([None, *taken], taken, strict=False):
        whole = before is None or after.pts90 == (before.pts90 or 0) + 1
        assert after.gap or whole
