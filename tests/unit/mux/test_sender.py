"""The RTP one viewer gets."""

from itertools import pairwise

import pytest

from mux.pace import CAREFUL, NEAR, Pace
from mux.rtp import PlayoutDelay, RtpFormat
from mux.sender import LONGEST_WAIT_S
from mux.srtp import AES_128_CM_SHA1_80, Keys
from tests.unit.mux.fakes import KEYS, Viewed, picture, sequence, ssrc, timestamp

SECOND_NS = 1_000_000_000
CM_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))
GROUP = [picture(0, key=True, size=3000), *(picture(number) for number in range(1, 20))]


def steps(numbers: list[int], modulus: int) -> list[int]:
    return [(later - earlier) % modulus for earlier, later in pairwise(numbers)]


def started(viewed: Viewed) -> list[bytes]:
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    return viewed.received()


@pytest.mark.parametrize("keys", [KEYS, CM_KEYS], ids=["gcm", "cm"])
def test_a_start_sends_the_whole_group_with_consecutive_numbers(keys: Keys) -> None:
    packets = started(Viewed(keys=keys))
    assert len(packets) == sum(one.packet_count for one in GROUP)
    assert set(steps([sequence(one) for one in packets], 1 << 16)) == {1}


def test_a_starts_timestamps_are_a_millisecond_apart_and_end_at_the_live_one() -> None:
    viewed = Viewed()
    times = sorted({timestamp(one) for one in started(viewed)})
    assert set(steps(times, 1 << 32)) == {90}
    viewed.live(picture(20), SECOND_NS)
    assert timestamp(viewed.received()[0]) - times[-1] == 3600


@pytest.mark.parametrize("keys", [KEYS, CM_KEYS], ids=["gcm", "cm"])
def test_the_first_packet_of_a_start_is_sent_twice_before_the_others(keys: Keys) -> None:
    viewed = Viewed(keys=keys)
    viewed.sender.start(GROUP, 0)
    first, second, third = viewed.wire.datagrams[:3]
    assert first == second
    assert third != first


def test_a_start_is_paced() -> None:
    viewed = Viewed()
    viewed.sender.start([picture(0, key=True, size=400_000)], 0)
    at_once = len(viewed.wire.datagrams)
    assert at_once <= 100
    viewed.timers.run()
    assert 0 < len(viewed.wire.datagrams) - at_once <= 64


def test_pictures_that_come_during_a_start_follow_it() -> None:
    viewed = Viewed()
    viewed.sender.start([picture(0, key=True, size=200_000)], 0)
    viewed.live(picture(1), 10)
    viewed.timers.run_all()
    packets = viewed.received()
    assert set(steps([sequence(one) for one in packets], 1 << 16)) == {1}
    assert timestamp(packets[-1]) - timestamp(packets[0]) == 3600


def test_without_a_group_the_next_key_picture_starts() -> None:
    viewed = Viewed()
    viewed.sender.start([], 0)
    viewed.live(picture(1), 0)
    assert viewed.received() == []
    viewed.live(picture(2, key=True), 0)
    assert viewed.wire.datagrams[0] == viewed.wire.datagrams[1]


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


def test_time_never_goes_back_when_the_stream_repeats_itself() -> None:
    viewed = Viewed()
    started(viewed)
    for number in (20, 21, 15, 16, 22):
        viewed.live(picture(number), number * SECOND_NS)
    times = [timestamp(one) for one in viewed.received()]
    assert all(0 < step < 1 << 31 for step in steps(times, 1 << 32))


def test_a_full_socket_loses_nothing() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.wire.full = True
    viewed.live(picture(20), SECOND_NS)
    viewed.wire.full = False
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


def test_what_waits_for_a_slow_link_is_no_more_than_it_takes_in_two_seconds() -> None:
    viewed = Viewed(pace=SLOW)
    filled(viewed)
    assert 0 < viewed.sender.queued_packets <= LONGEST_WAIT_S * SLOW.packets_per_s


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


def test_a_socket_that_stays_full_lets_nothing_grow_without_bound() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.wire.full = True
    for number in range(20, 120):
        viewed.live(picture(number, size=400_000), number * SECOND_NS)
    assert viewed.sender.queued_packets <= LONGEST_WAIT_S * NEAR.packets_per_s
    assert viewed.counts.jumps == 1


def test_a_key_picture_of_300_kb_leaves_in_bursts_no_longer_than_a_careful_pace_allows() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.live(picture(0, key=True, size=300_000), SECOND_NS)
    total, began_ns = picture(0, key=True, size=300_000).packet_count, viewed.timers.passed_ns
    most = CAREFUL.burst_packets
    while viewed.timers.waiting:
        viewed.timers.run()
        passed_s = (viewed.timers.passed_ns - began_ns) / 1e9
        assert len(viewed.wire.datagrams) <= most + passed_s * CAREFUL.packets_per_s + 1
    assert len(viewed.received()) == total


def test_an_ordinary_picture_leaves_at_once_at_a_careful_pace_too() -> None:
    viewed = Viewed(pace=CAREFUL)
    started(viewed)
    for number in range(20, 30):
        viewed.live(picture(number, size=40_000), SECOND_NS + number * 40_000_000)
        assert len(viewed.received()) == picture(number, size=40_000).packet_count


def test_repairs_are_part_of_the_pace() -> None:
    viewed = Viewed(pace=CAREFUL)
    numbers = [sequence(one) for one in started(viewed)]
    viewed.live(picture(20), 2 * SECOND_NS)
    viewed.sender.repair(numbers[:20] * 3, 2 * SECOND_NS)
    viewed.received()
    viewed.live(picture(21), 2 * SECOND_NS)
    assert viewed.received() == []
    viewed.timers.run_all()
    assert len(viewed.received()) == 1


def test_a_key_frame_request_is_answered_from_the_group() -> None:
    viewed = Viewed()
    last = started(viewed)[-1]
    viewed.sender.key_picture_wanted(GROUP, SECOND_NS)
    viewed.timers.run_all()
    again = viewed.received()
    assert len(again) == sum(one.packet_count for one in GROUP)
    assert set(steps([sequence(one) for one in [last, *again]], 1 << 16)) == {1}
    assert 0 < timestamp(again[-1]) - timestamp(last) <= 1800


def test_key_frame_requests_in_a_row_are_one() -> None:
    viewed = Viewed()
    started(viewed)
    for at_ns in range(SECOND_NS, SECOND_NS + 400_000_000, 50_000_000):
        viewed.sender.key_picture_wanted(GROUP, at_ns)
    assert (viewed.counts.key_requests, viewed.counts.replays) == (8, 1)


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


def test_a_report_maps_the_time_of_a_picture_to_its_capture() -> None:
    viewed = Viewed()
    assert viewed.sender.report(0, 0, 0) is None
    last = started(viewed)[-1]
    report = viewed.sender.report(GROUP[-1].time90, 5 * SECOND_NS, 6 * SECOND_NS)
    assert report is not None
    assert (report.timestamp - timestamp(last)) & 0xFFFFFFFF == 90_000
    assert report.packets == sum(one.packet_count for one in GROUP)


def test_what_stopped_sends_nothing_more() -> None:
    viewed = Viewed()
    viewed.sender.start([picture(0, key=True, size=400_000)], 0)
    sent = len(viewed.wire.datagrams)
    viewed.sender.stop()
    viewed.timers.run_all()
    assert len(viewed.wire.datagrams) == sent


def test_a_viewer_without_the_extension_gets_plain_headers() -> None:
    packets = started(Viewed(extension_id=None))
    assert all(packet[0] == 0x80 for packet in packets)


def test_another_stream_goes_on_with_numbers_and_times_as_if_it_were_one() -> None:
    viewed = Viewed()
    viewed.live(picture(1000, key=True))
    # The other stream's picture 10 is shown when the first one's 1001 would have been.
    viewed.sender.switch([picture(10, key=True)], SECOND_NS, (1001 - 10) * 3600)
    viewed.live(picture(11), SECOND_NS)
    packets = viewed.received()
    assert set(steps([sequence(one) for one in packets], 1 << 16)) == {1}
    assert set(steps(sorted({timestamp(one) for one in packets}), 1 << 32)) == {3600}


def test_a_stream_without_pictures_is_waited_for_in_silence() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    viewed.received()
    viewed.sender.switch([], SECOND_NS, 0)
    viewed.live(picture(1), SECOND_NS)
    assert viewed.received() == []


def test_another_payload_type_keeps_source_and_numbers_and_forgets_what_was_sent() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    before = viewed.received()[-1]
    viewed.sender.reformat(RtpFormat(0x1234, 98, 5), RtpFormat(0x1235, 99, 5))
    viewed.live(picture(1))
    after = viewed.received()[-1]
    assert (after[1] & 0x7F, ssrc(after), sequence(after) - sequence(before)) == (98, 0x1234, 1)
    viewed.sender.repair([sequence(before)], 0)
    assert viewed.received() == []


def test_another_playout_delay_keeps_what_can_be_sent_again() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    before = viewed.received()[-1]
    viewed.sender.reformat(
        RtpFormat(0x1234, 102, 5, PlayoutDelay(10, 50)), RtpFormat(0x1235, 103, 5, PlayoutDelay(10, 50))
    )
    viewed.sender.repair([sequence(before)], 0)
    assert viewed.received()[-1][20:22] == before[2:4]


def test_numbers_of_a_chunk_the_socket_refused_are_not_used_for_another_stream_s() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    last = sequence(viewed.received()[-1])
    viewed.wire.full = True
    refused = picture(1, size=3000)
    viewed.live(refused)
    viewed.wire.full = False
    viewed.sender.switch([picture(2, key=True)], SECOND_NS, 0)
    first = sequence(viewed.received()[0])
    assert (first - last) & 0xFFFF == 1 + len(refused.chunks[0].packets)
    viewed.sender.repair([last + 1], SECOND_NS)
    assert viewed.received() == []
