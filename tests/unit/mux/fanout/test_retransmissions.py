"""What is sent a second time."""

from mux.fanout.token_bucket import CAREFUL
from tests.unit.mux.fakes import Viewed, picture, sequence, ssrc, timestamp
from tests.unit.mux.starts import GROUP, SECOND_NS, started


def test_retransmissions_are_part_of_the_pace() -> None:
    viewed = Viewed(pace=CAREFUL)
    numbers = [sequence(one) for one in started(viewed)]
    viewed.live(picture(20), 2 * SECOND_NS)
    viewed.sender.retransmit(numbers[:20] * 6, 2 * SECOND_NS)
    viewed.received()
    viewed.live(picture(21), 2 * SECOND_NS)
    assert viewed.received() == []
    viewed.timers.run_all()
    assert len(viewed.received()) == 1


def test_a_missing_packet_is_sent_again_on_the_rtx_source() -> None:
    viewed = Viewed()
    lost = started(viewed)[3]
    viewed.sender.retransmit([sequence(lost)], SECOND_NS)
    (rtx,) = viewed.received()
    assert ssrc(rtx) == 0x1235
    assert rtx[1] & 0x7F == 103
    assert timestamp(rtx) == timestamp(lost)
    assert rtx[20:22] == lost[2:4]
    assert rtx[22:] == lost[20:]


def test_without_rtx_the_very_packet_is_sent_again() -> None:
    viewed = Viewed(rtx=False)
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    original = viewed.transport.datagrams[5]
    packets = viewed.received()
    viewed.sender.retransmit([sequence(packets[4])], SECOND_NS)
    assert viewed.transport.datagrams[-1] == original


def test_a_flood_of_nacks_is_bounded() -> None:
    viewed = Viewed()
    numbers = [sequence(one) for one in started(viewed)]
    for _ in range(100):
        viewed.sender.retransmit(numbers * 10, SECOND_NS)
    assert viewed.counts.repaired <= 600


def test_numbers_nobody_sent_are_passed_over() -> None:
    viewed = Viewed()
    first = sequence(started(viewed)[0])
    viewed.sender.retransmit([(first - 5) & 0xFFFF], SECOND_NS)
    assert viewed.received() == []
