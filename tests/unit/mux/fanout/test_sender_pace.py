"""How fast one viewer is sent to, and what is left out for one too slow."""

from mux.fanout.token_bucket import CAREFUL, NEAR, Pace
from tests.unit.mux.fakes import Viewed, picture, sequence, ssrc, timestamp
from tests.unit.mux.starts import SECOND_NS, started, steps


def test_a_start_is_paced() -> None:
    viewed = Viewed()
    viewed.sender.start([picture(0, key=True, size=400_000)], 0)
    at_once = len(viewed.transport.datagrams)
    assert at_once <= 100
    viewed.timers.run()
    assert 0 < len(viewed.transport.datagrams) - at_once <= 64


def test_a_live_picture_leaves_at_once() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.live(picture(20, size=50_000), SECOND_NS)
    assert len(viewed.received()) == picture(20, size=50_000).packet_count


def test_a_huge_live_picture_is_paced_and_the_next_stays_behind_it() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.live(picture(20, key=True, size=400_000), SECOND_NS)
    viewed.live(picture(21), SECOND_NS + 1)
    assert len(viewed.received()) <= NEAR.burst_packets
    viewed.timers.run_all()
    packets = viewed.received()
    assert timestamp(packets[-1]) > timestamp(packets[0])
    assert set(steps([sequence(one) for one in packets], 1 << 16)) == {1}


def test_a_full_socket_loses_nothing() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.transport.full = True
    viewed.live(picture(20), SECOND_NS)
    viewed.transport.full = False
    viewed.live(picture(21), 2 * SECOND_NS)
    viewed.timers.run_all()
    packets = viewed.received()
    assert len(packets) == 2
    assert sequence(packets[1]) == (sequence(packets[0]) + 1) & 0xFFFF


SLOW = Pace(100, 40)
"""1 Mb/s."""


def filled(viewed: Viewed) -> int:
    """Pictures of 3.5 Mb/s until one is left out; the number of the next."""
    started(viewed)
    for number in range(20, 300):
        viewed.live(picture(number, size=17_500), SECOND_NS + number * 40_000_000)
        if viewed.counts.jumps:
            return number + 1
    raise AssertionError("nothing was left out")


def test_a_viewer_too_slow_goes_on_at_the_next_key_picture_and_is_counted() -> None:
    viewed = Viewed(pace=SLOW)
    number = filled(viewed)
    viewed.timers.run_all()
    last = viewed.received()[-1]
    viewed.live(picture(number), 100 * SECOND_NS)
    assert viewed.received() == []
    viewed.live(picture(number + 1, key=True), 101 * SECOND_NS)
    first = viewed.received()[0]
    assert sequence(first) == (sequence(last) + 1) & 0xFFFF
    assert (viewed.counts.jumps, viewed.counts.dropped) == (1, 16 + 1)
    assert viewed.sender.skipped_ns == 100 * SECOND_NS


def test_a_slow_viewer_s_key_picture_is_sent_to_its_end() -> None:
    viewed = Viewed(pace=SLOW)
    viewed.live(picture(0, key=True, size=300_000), SECOND_NS)
    for number in range(1, 30):
        viewed.live(picture(number, size=9000), SECOND_NS + number * 40_000_000)
    viewed.timers.run_all()
    packets = viewed.received()
    first = [one for one in packets if timestamp(one) == timestamp(packets[0])]
    assert len(first) == picture(0, key=True, size=300_000).packet_count
    assert first[-1][1] & 0x80


def test_a_key_picture_of_300_kb_leaves_in_bursts_no_longer_than_a_careful_pace_allows() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.live(picture(0, key=True, size=300_000), SECOND_NS)
    total, began_ns = picture(0, key=True, size=300_000).packet_count, viewed.timers.passed_ns
    most = CAREFUL.burst_packets
    while viewed.timers.waiting:
        viewed.timers.run()
        passed_s = (viewed.timers.passed_ns - began_ns) / 1e9
        assert len(viewed.transport.datagrams) <= most + passed_s * CAREFUL.packets_per_s + 1
    assert sum(ssrc(one) == 0x1234 for one in viewed.received()) == total


def test_an_ordinary_picture_leaves_at_once_at_a_careful_pace_too() -> None:
    viewed = Viewed(pace=CAREFUL)
    started(viewed)
    for number in range(20, 30):
        viewed.live(picture(number, size=40_000), SECOND_NS + number * 40_000_000)
        assert len(viewed.received()) == picture(number, size=40_000).packet_count
