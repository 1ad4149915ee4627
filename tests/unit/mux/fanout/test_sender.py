"""The RTP one viewer gets."""

import pytest

from mux.rtp.srtp import AES_128_CM_SHA1_80, Keys
from tests.unit.mux.fakes import KEYS, Viewed, picture, sequence, timestamp
from tests.unit.mux.starts import GROUP, SECOND_NS, started, steps

CM_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))


@pytest.mark.parametrize("keys", [KEYS, CM_KEYS], ids=["gcm", "cm"])
def test_the_first_packet_of_a_start_is_sent_twice_before_the_others(keys: Keys) -> None:
    viewed = Viewed(keys=keys)
    viewed.sender.start(GROUP, 0)
    first, second, third = viewed.transport.datagrams[:3]
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
    assert viewed.transport.datagrams[0] == viewed.transport.datagrams[1]


def test_time_never_goes_back_when_the_stream_repeats_itself() -> None:
    viewed = Viewed()
    started(viewed)
    for number in (20, 21, 15, 16, 22):
        viewed.live(picture(number), number * SECOND_NS)
    times = [timestamp(one) for one in viewed.received()]
    assert all(0 < step < 1 << 31 for step in steps(times, 1 << 32))


def test_what_stopped_sends_nothing_more() -> None:
    viewed = Viewed()
    viewed.sender.start([picture(0, key=True, size=400_000)], 0)
    sent = len(viewed.transport.datagrams)
    viewed.sender.stop()
    viewed.timers.run_all()
    assert len(viewed.transport.datagrams) == sent


def test_a_viewer_without_the_extension_gets_plain_headers() -> None:
    packets = started(Viewed(extension_id=None))
    assert all(packet[0] == 0x80 for packet in packets)
