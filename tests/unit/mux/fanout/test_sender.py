"""The RTP one viewer gets."""

import pytest

from mux.fanout.sender_report import report_of
from mux.rtp.srtp import AES_128_CM_SHA1_80, Keys
from tests.unit.mux.fakes import KEYS, Viewed, picture, sequence, timestamp
from tests.unit.mux.starts import GROUP, SECOND_NS, started, steps

CM_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))


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


def test_time_never_goes_back_when_the_stream_repeats_itself() -> None:
    viewed = Viewed()
    started(viewed)
    for number in (20, 21, 15, 16, 22):
        viewed.live(picture(number), number * SECOND_NS)
    times = [timestamp(one) for one in viewed.received()]
    assert all(0 < step < 1 << 31 for step in steps(times, 1 << 32))


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
    for at_ns in range(SECOND_NS, SECOND_NS + 250_000_000, 50_000_000):
        viewed.sender.key_picture_wanted(GROUP, at_ns)
    assert (viewed.counts.key_requests, viewed.counts.replays) == (5, 1)


def test_a_report_maps_the_time_of_a_picture_to_its_capture() -> None:
    viewed = Viewed()
    assert report_of(viewed.sender, (0, 0), 0) is None
    last = started(viewed)[-1]
    report = report_of(viewed.sender, (GROUP[-1].time90, 5 * SECOND_NS), 6 * SECOND_NS)
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
