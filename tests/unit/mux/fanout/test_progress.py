"""What is counted and remembered once for all senders in step."""

from mux.fanout.history import KEPT_PACKETS
from tests.unit.mux.fakes import picture
from tests.unit.mux.fanout.in_step import PICTURE_NS, Rig, steady


def test_counts_go_on_in_step(rig: Rig) -> None:
    steady(rig, 10)
    assert {sender.packets for sender in rig.senders} == {
        sum(picture(n, key=n == 0).packet_count for n in range(10))
    }
    assert rig.counts.packets == sum(sender.packets for sender in rig.senders)
    assert rig.counts.octets == sum(sender.octets for sender in rig.senders)


def test_who_is_long_in_step_keeps_nothing_of_its_own_that_nobody_can_ask_for(rig: Rig) -> None:
    sender = rig.senders[0]
    first = sender.destination.index
    steady(rig, 5)
    sender.tidy()
    assert sender._history.find(first & 0xFFFF) is not None
    for number in range(5, KEPT_PACKETS + 5):
        rig.now_ns += PICTURE_NS
        rig.fan_out.give(picture(number), rig.now_ns)
    sender.tidy()
    assert sender._history.find(first & 0xFFFF) is None
    sender.retransmit([(sender.destination.index - 100) & 0xFFFF], rig.now_ns)
    assert rig.counts.repaired == 1
