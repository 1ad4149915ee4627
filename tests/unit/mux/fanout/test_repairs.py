"""What is sent a second time."""

from mux.fanout.token_bucket import CAREFUL
from tests.unit.mux.fakes import Viewed, picture, sequence, ssrc, timestamp
from tests.unit.mux.starts import GROUP, SECOND_NS, started


def test_repairs_are_part_of_the_pace() -> None:
    viewed = Viewed(pace=CAREFUL)
    numbers = [sequence(one) for one in started(viewed)]
    viewed.live(picture(20), 2 * SECOND_NS)
    viewed.sender.repair(numbers[:20] * 6, 2 * SECOND_NS)
    viewed.received()
    viewed.live(picture(21), 2 * SECOND_NS)
    assert viewed.received() == []
    viewed.timers.run_all()
    assert len(viewed.received()) == 1


def test_a_missing_packet_is_sent_again_on_the_source_for_repair() -> None:
    viewed = Viewed()
    lost = started(viewed)[3]
    viewed.sender.repair([sequence(lost)], SECOND_NS)
    (repair,) = viewed.received()
    assert ssrc(repair) == 0x1235
    assert repair[1] & 0x7F == 103
    assert timestamp(repair) == timestamp(lost)
    assert repair[20:22] == lost[2:4]
    assert repair[22:] == lost[20:]


def test_without_rtx_the_very_packet_is_sent_again() -> None:
    viewed = Viewed(rtx=False)
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    original = viewed.wire.datagrams[5]
    packets = viewed.received()
    viewed.sender.repair([sequence(packets[4])], SECOND_NS)
    assert viewed.wire.datagrams[-1] == original


def test_a_flood_of_nacks_is_bounded() -> None:
    viewed = Viewed()
    numbers = [sequence(one) for one in started(viewed)]
    for _ in range(100):
        viewed.sender.repair(numbers * 10, SECOND_NS)
    assert viewed.counts.repaired <= 600


def test_numbers_nobody_sent_are_passed_over() -> None:
    viewed = Viewed()
    first = sequence(started(viewed)[0])
    viewed.sender.repair([(first - 5) & 0xFFFF], SECOND_NS)
    assert viewed.received() == []
