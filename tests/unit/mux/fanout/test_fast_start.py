"""Starts with a group that has passed."""

import pytest

from mux.rtp.srtp import Keys
from tests.unit.mux.fakes import KEYS, Viewed, picture, sequence, timestamp
from tests.unit.mux.fanout.test_sender import CM_KEYS
from tests.unit.mux.starts import GROUP, SECOND_NS, started, steps


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
    assert (viewed.counts.key_requests, viewed.counts.key_requests_answered) == (5, 1)
