"""What is being sent to a tile, measured by its sender's counts."""

import pytest

from mux.sessions.meter import BACKLOG_PACKETS, Meter
from tests.unit.mux.fakes import Viewed, picture

SECOND_NS = 1_000_000_000


def test_the_bit_rate_is_that_of_the_time_between_two_looks_and_packets_are_taken_once() -> None:
    viewed, meter = Viewed(), Meter()
    viewed.live(picture(0, key=True))
    meter.measure(viewed.sender, SECOND_NS)
    assert meter.bitrate_kbps is None
    before = viewed.sender.octets
    viewed.live(picture(1, size=4000), SECOND_NS)
    meter.measure(viewed.sender, 3 * SECOND_NS)
    assert meter.bitrate_kbps == pytest.approx((viewed.sender.octets - before) * 8 / 2 / 1000)
    assert (meter.take_packets(), meter.take_packets()) == (viewed.sender.packets, 0)


def test_a_backlog_is_timed_from_the_look_that_found_it_until_one_that_does_not() -> None:
    viewed, meter = Viewed(), Meter()
    viewed.transport.full = True
    viewed.live(picture(0, key=True, size=BACKLOG_PACKETS * 1200))
    for now_ns in (SECOND_NS, 2 * SECOND_NS):
        meter.measure(viewed.sender, now_ns)
        assert meter.backlog_ns == SECOND_NS
    viewed.transport.full = False
    viewed.timers.run_all()
    meter.measure(viewed.sender, 3 * SECOND_NS)
    assert meter.backlog_ns is None
