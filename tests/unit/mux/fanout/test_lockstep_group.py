"""Senders in step: what each viewer gets is what it would get alone, whatever comes between the pictures."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.rtp.picture import Chunk
from mux.transport.destination import Destination
from tests.unit.mux.fakes import RecordingTransport, picture
from tests.unit.mux.fanout.in_step import (
    ACTS,
    PICTURE_NS,
    VIEWERS,
    Rig,
    alone,
    recorded,
    steady,
)


class CountingTransport(RecordingTransport):
    """Notes to how many each delivery goes."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def deliver(self, chunk: Chunk, destinations: Sequence[Destination]) -> None:
        self.calls.append(len(destinations))
        super().deliver(chunk, destinations)


@given(st.lists(ACTS, min_size=2, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_who_is_in_step_gets_the_same_bytes_as_alone(acts: list[tuple[str, int, int, bool]]) -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    assert recorded(addresses, acts, alone=False) == recorded(addresses, acts, alone=True)


def test_steady_viewers_are_in_step_and_one_that_needs_something_is_not(rig: Rig) -> None:
    steady(rig, 3)
    assert alone(rig) == []
    rig.senders[1].retransmit([1], rig.now_ns)
    assert alone(rig) == [rig.senders[1]]


def test_tiles_that_share_a_pace_are_counted_one_by_one() -> None:
    rig = Rig(RecordingTransport(), [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])
    rig.senders[0].bucket.sharers = 2
    steady(rig, 5)
    assert alone(rig) == [rig.senders[0]]


def test_a_full_socket_sends_those_in_step_the_rest_later(rig: Rig) -> None:
    steady(rig, 3)
    transport = rig.fan_out._transport
    assert isinstance(transport, RecordingTransport)
    before = [sender.packets for sender in rig.senders]
    transport.full = True
    rig.now_ns += PICTURE_NS
    rig.fan_out.give(picture(3, size=4000), rig.now_ns)
    assert set(alone(rig)) == set(rig.senders)
    assert [sender.packets for sender in rig.senders] == before
    transport.full = False
    rig.timers.run_all()
    more = picture(3, size=4000).packet_count
    assert [sender.packets for sender in rig.senders] == [packets + more for packets in before]


def test_who_leaves_gets_nothing_more(rig: Rig) -> None:
    steady(rig, 3)
    left = rig.senders[1]
    rig.fan_out.discard(left)
    packets = left.packets
    rig.now_ns += PICTURE_NS
    rig.fan_out.give(picture(3), rig.now_ns)
    assert left.packets == packets
    assert rig.senders[0].packets > packets


def test_the_first_is_told_of_once_a_picture(rig: Rig) -> None:
    told: list[int] = []
    begun: Callable[[], None] = lambda: told.append(1)  # noqa: E731  # what is tested is the call
    for number in range(4):
        rig.now_ns += PICTURE_NS
        rig.fan_out.give(picture(number, key=number == 0), rig.now_ns, begun)
    assert len(told) == 4


def test_of_viewers_of_two_paces_only_the_first_of_all_is_sent_to_apart() -> None:
    transport = CountingTransport()
    rig = Rig(transport, [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])
    rig.play([("pace", 1, 300, False), *[("nothing", 0, 300, False)] * 3])
    transport.calls.clear()
    told: list[int] = []
    rig.fan_out.give(picture(90, size=300), rig.now_ns, lambda: told.append(len(transport.calls)))
    assert transport.calls == [1, 2]
    assert told == [1]


def test_pictures_that_come_faster_than_the_pace_wait_for_all_in_step() -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    transport = RecordingTransport()
    rig = Rig(transport, addresses)
    rig.play([("nothing", 0, 2_000, False)] * 10)
    in_step = [len(one.members) for one in rig.fan_out._lockstep.values()]
    assert sum(in_step) == VIEWERS
    sent = len(transport.sent)
    shown = [picture(20 + number, size=60_000) for number in range(8)]
    for one in shown:
        rig.fan_out.give(one, rig.now_ns)
    waiting = [sender.queued_packets for sender in rig.senders]
    assert all(waiting)
    assert len(transport.sent) - sent + sum(waiting) == VIEWERS * sum(one.packet_count for one in shown)
    for _ in range(200):
        rig.now_ns += PICTURE_NS
        rig.timers.run()
    assert [len(one.members) for one in rig.fan_out._lockstep.values()] == in_step
    assert not any(sender.queued_packets for sender in rig.senders)
    assert len(transport.sent) - sent == VIEWERS * sum(one.packet_count for one in shown)


def test_more_than_two_seconds_of_backlog_part_them_and_each_goes_on_with_a_key_picture() -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    rig = Rig(RecordingTransport(), addresses)
    rig.play([("nothing", 0, 2_000, False)] * 10)
    for number in range(400):
        rig.fan_out.give(picture(20 + number, size=60_000), rig.now_ns)
    assert not any(one.members for one in rig.fan_out._lockstep.values())
    assert rig.counts.jumps == VIEWERS
