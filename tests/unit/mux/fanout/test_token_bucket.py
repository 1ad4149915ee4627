"""The token bucket of a viewer."""

from hypothesis import given
from hypothesis import strategies as st

from mux.fanout.token_bucket import CAREFUL, NEAR, Pace, TokenBucket, pace_of
from mux.rtp.weight import WIRE_PACKET_BITS
from tests.unit.mux.fakes import Viewed, picture

STEPS = st.lists(st.tuples(st.integers(0, 50_000_000), st.integers(1, 60)), max_size=200)


@given(st.sampled_from([NEAR, CAREFUL, Pace(100, 40)]), STEPS)
def test_no_span_of_time_lets_out_more_than_its_rate_and_one_burst(
    pace: Pace, steps: list[tuple[int, int]]
) -> None:
    bucket, now_ns, left = TokenBucket(pace), 0, [(0, 0)]
    for pause_ns, packets in steps:
        now_ns += pause_ns
        bucket.refill(now_ns)
        if bucket.allows(packets):
            bucket.spend(packets)
            left.append((now_ns, packets))
    for first in range(1, len(left)):
        total = 0
        for at_ns, packets in left[first:]:
            total += packets
            largest = max(pace.burst_packets, packets)
            assert total <= largest + (at_ns - left[first][0]) * pace.packets_per_s / 1e9 + 60


def test_a_careful_pace_fits_a_downlink_of_20_mbit_with_64_kb_of_buffer() -> None:
    assert CAREFUL.bits_per_s <= 16_000_000
    assert CAREFUL.burst_packets * WIRE_PACKET_BITS / 8 < 64_000


def test_a_full_bucket_lets_even_the_largest_thing_leave() -> None:
    bucket = TokenBucket(CAREFUL)
    bucket.refill(0)
    assert bucket.allows(1000)
    bucket.spend(1)
    assert not bucket.allows(1000)


def test_a_clock_that_stands_still_or_goes_back_fills_nothing() -> None:
    bucket = TokenBucket(CAREFUL)
    bucket.refill(1_000_000_000)
    bucket.spend(40)
    bucket.refill(1_000_000_000)
    bucket.refill(0)
    assert not bucket.allows(1)


def test_a_link_s_capacity_is_its_pace_whoever_is_near() -> None:
    assert pace_of(near=True, capacity_bps=None) == NEAR
    assert pace_of(near=False, capacity_bps=None) == CAREFUL
    assert 0.9e6 < pace_of(near=True, capacity_bps=1e6).bits_per_s <= 1e6
    assert pace_of(near=True, capacity_bps=1e9) == CAREFUL
    assert pace_of(near=False, capacity_bps=1.0).packets_per_s > 0


def test_a_small_stream_of_many_small_pictures_fits_a_small_link() -> None:
    viewed = Viewed(pace=pace_of(near=False, capacity_bps=200_000))
    viewed.sender.start([], 0)
    for number in range(250):
        viewed.live(picture(number, key=number % 50 == 0, size=500), 40_000_000 * number)
    assert viewed.sender.queued_packets == 0
    assert viewed.counts.dropped == 0
