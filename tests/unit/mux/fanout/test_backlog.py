"""What may wait for one viewer, and for how long."""

from mux.fanout.backlog import LONGEST_WAIT_S
from mux.fanout.token_bucket import NEAR
from tests.unit.mux.fakes import Viewed, picture
from tests.unit.mux.fanout.test_sender_pace import SLOW, filled
from tests.unit.mux.starts import SECOND_NS, started


def test_what_waits_for_a_slow_link_is_no_more_than_it_takes_in_two_seconds() -> None:
    viewed = Viewed(pace=SLOW)
    filled(viewed)
    assert 0 < viewed.bucket.queued <= LONGEST_WAIT_S * SLOW.packets_per_s


def test_a_socket_that_stays_full_lets_nothing_grow_without_bound() -> None:
    viewed = Viewed()
    started(viewed)
    viewed.transport.full = True
    for number in range(20, 120):
        viewed.live(picture(number, size=400_000), number * SECOND_NS)
    assert viewed.sender.queued_packets <= LONGEST_WAIT_S * NEAR.packets_per_s
    assert viewed.counts.jumps == 1
