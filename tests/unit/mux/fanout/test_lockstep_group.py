"""Senders in step: what each viewer gets is what it would get alone, whatever comes between the pictures."""

import socket
from collections.abc import Callable, Iterator, Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.counts import Counts
from mux.fanout.fan_out import FanOut
from mux.fanout.history import KEPT_PACKETS
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import CAREFUL, NEAR, Bucket, Pace
from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.rtp.picture import Chunk, Picture
from mux.rtp.srtp import AES_128_CM_SHA1_80, Keys
from mux.transport.core import Core
from mux.transport.destination import Line
from mux.transport.media_transport import Wire
from mux.transport.stun import Address
from mux.transport.udp import UdpWire
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.log import Trouble, get_logger
from tests.unit.mux.fakes import KEYS, RecordingWire, Timers, arrived, picture

CM_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))
VIEWERS = 3
PICTURE_NS = 40_000_000
# Odd ones are far too long for the pace of a viewer that is far away.
SIZES = (300, 2_000, 9_000, 60_000)
ACTS = st.tuples(
    st.sampled_from(["repair", "key", "pace", "slow", "reformat", "tidy", "nothing", "nothing"]),
    st.integers(0, VIEWERS - 1),
    st.sampled_from(SIZES[:3]) | st.sampled_from(SIZES),
    st.booleans(),
)


class Rig:
    """Some viewers of one stream on a wire; `alone` keeps each from stepping in."""

    def __init__(self, wire: Wire, addresses: list[Address], *, alone: bool = False) -> None:
        self.timers, self.counts, self.now_ns = Timers(), Counts(), 0
        pacer, random = Pacer(self.timers.later, lambda: self.now_ns), Random(5)
        self.fan_out = FanOut(wire, pacer, self.counts)
        if alone:
            self.fan_out._choruses = {}
        self.senders = [
            Sender(
                keys=CM_KEYS if number == VIEWERS - 1 else KEYS,
                primary=RtpFormat(0x1000 + number, 102, 5),
                repair=RtpFormat(0x2000 + number, 103, 5),
                wire=wire,
                address=address,
                pacer=pacer,
                bucket=Bucket(CAREFUL if number == 0 else NEAR),
                counts=self.counts,
                random=random,
            )
            for number, address in enumerate(addresses)
        ]
        for sender in self.senders:
            self.fan_out.add(sender)
        self.group: list[Picture] = []

    def play(self, acts: list[tuple[str, int, int, bool]]) -> None:
        for number, (act, viewer, size, key) in enumerate(acts):
            self.now_ns += PICTURE_NS
            shown = picture(number, key=key or number == 0, size=size)
            self.group = [shown] if shown.key else [*self.group, shown]
            self.fan_out.give(shown, self.now_ns)
            self.act(act, viewer, number)
            self.timers.run()
        for _ in range(200):
            self.now_ns += PICTURE_NS
            self.timers.run()

    def act(self, act: str, viewer: int, number: int) -> None:
        sender = self.senders[viewer]
        if act == "repair":
            sender.step_out()
            sender.repair([(sender.line.index - back) & 0xFFFF for back in (1, 3, 12, 400)], self.now_ns)
        elif act == "key":
            sender.key_picture_wanted(self.group, self.now_ns)
        elif act == "pace":
            sender.bucket.pace = NEAR if sender.bucket.pace == CAREFUL else CAREFUL
        elif act == "tidy":
            sender.tidy()
        elif act == "slow":
            sender.bucket.pace = Pace(600, 40)
        elif act == "reformat":
            delay = PlayoutDelay(number % 50, number % 50 + 1)
            sender.reformat(
                RtpFormat(0x1000 + viewer, 102, 5, delay), RtpFormat(0x2000 + viewer, 103, 5, delay)
            )


class CountingWire(RecordingWire):
    """Notes to how many each delivery goes."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def deliver(self, chunk: Chunk, lines: Sequence[Line]) -> None:
        self.calls.append(len(lines))
        super().deliver(chunk, lines)


@pytest.fixture
def receivers() -> Iterator[list[socket.socket]]:
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(VIEWERS)]
    for one in made:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        one.bind(("127.0.0.1", 0))
        one.setblocking(False)
    yield made
    for one in made:
        one.close()


def recorded(
    addresses: list[Address], acts: list[tuple[str, int, int, bool]], *, alone: bool
) -> list[list[bytes]]:
    wire = RecordingWire()
    rig = Rig(wire, addresses, alone=alone)
    rig.play(acts)
    return [[sent for sent, to in wire.sent if to == address] for address in addresses]


def sent_by_udp(
    core: Core | None, receivers: list[socket.socket], acts: list[tuple[str, int, int, bool]]
) -> list[list[bytes]]:
    trouble = Trouble(get_logger("test"), "udp-trouble", SystemClock())
    wire = UdpWire("127.0.0.1", 0, counts=Counts(), trouble=trouble, core=core)
    Rig(wire, [one.getsockname() for one in receivers]).play(acts)
    wire.shut()
    return [arrived(one) for one in receivers]


@given(st.lists(ACTS, min_size=2, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_who_sings_with_others_gets_the_same_bytes_as_alone(acts: list[tuple[str, int, int, bool]]) -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    assert recorded(addresses, acts, alone=False) == recorded(addresses, acts, alone=True)


@given(st.lists(ACTS, min_size=2, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_both_wires_send_to_those_in_step_what_the_reference_sends(
    receivers: list[socket.socket], acts: list[tuple[str, int, int, bool]]
) -> None:
    expected = recorded([one.getsockname() for one in receivers], acts, alone=True)
    assert sent_by_udp(None, receivers, acts) == expected
    try:
        core = Core.load()
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")
    assert sent_by_udp(core, receivers, acts) == expected


def steady(rig: Rig, pictures: int) -> None:
    rig.play([("nothing", 0, 500, False)] * pictures)


@pytest.fixture
def rig() -> Rig:
    return Rig(RecordingWire(), [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])


def alone(rig: Rig) -> list[Sender]:
    return list(rig.fan_out._alone)


def test_steady_viewers_are_in_step_and_one_that_needs_something_is_not(rig: Rig) -> None:
    steady(rig, 3)
    assert alone(rig) == []
    rig.senders[1].repair([1], rig.now_ns)
    assert alone(rig) == [rig.senders[1]]


def test_counts_go_on_in_step(rig: Rig) -> None:
    steady(rig, 10)
    assert {sender.packets for sender in rig.senders} == {
        sum(picture(n, key=n == 0).packet_count for n in range(10))
    }
    assert rig.counts.packets == sum(sender.packets for sender in rig.senders)
    assert rig.counts.octets == sum(sender.octets for sender in rig.senders)


def test_who_is_long_in_step_keeps_nothing_of_its_own_that_nobody_can_ask_for(rig: Rig) -> None:
    sender = rig.senders[0]
    first = sender.line.index
    steady(rig, 5)
    sender.tidy()
    assert sender._history.find(first & 0xFFFF) is not None
    for number in range(5, KEPT_PACKETS + 5):
        rig.now_ns += PICTURE_NS
        rig.fan_out.give(picture(number), rig.now_ns)
    sender.tidy()
    assert sender._history.find(first & 0xFFFF) is None
    sender.repair([(sender.line.index - 100) & 0xFFFF], rig.now_ns)
    assert rig.counts.repaired == 1


def test_tiles_that_share_a_pace_are_counted_one_by_one() -> None:
    rig = Rig(RecordingWire(), [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])
    rig.senders[0].bucket.sharers = 2
    steady(rig, 5)
    assert alone(rig) == [rig.senders[0]]


def test_a_full_socket_sends_those_in_step_the_rest_later(rig: Rig) -> None:
    steady(rig, 3)
    wire = rig.fan_out._wire
    assert isinstance(wire, RecordingWire)
    before = [sender.packets for sender in rig.senders]
    wire.full = True
    rig.now_ns += PICTURE_NS
    rig.fan_out.give(picture(3, size=4000), rig.now_ns)
    assert set(alone(rig)) == set(rig.senders)
    assert [sender.packets for sender in rig.senders] == before
    wire.full = False
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
    wire = CountingWire()
    rig = Rig(wire, [("192.0.2.1", 1000 + number) for number in range(VIEWERS)])
    rig.play([("pace", 1, 300, False), *[("nothing", 0, 300, False)] * 3])
    wire.calls.clear()
    told: list[int] = []
    rig.fan_out.give(picture(90, size=300), rig.now_ns, lambda: told.append(len(wire.calls)))
    assert wire.calls == [1, 2]
    assert told == [1]


def test_pictures_that_come_faster_than_the_pace_wait_for_all_in_step() -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    wire = RecordingWire()
    rig = Rig(wire, addresses)
    rig.play([("nothing", 0, 2_000, False)] * 10)
    in_step = [len(one) for one in rig.fan_out._choruses.values()]
    assert sum(in_step) == VIEWERS
    sent = len(wire.sent)
    shown = [picture(20 + number, size=60_000) for number in range(8)]
    for one in shown:
        rig.fan_out.give(one, rig.now_ns)
    waiting = [sender.queued_packets for sender in rig.senders]
    assert all(waiting)
    assert len(wire.sent) - sent + sum(waiting) == VIEWERS * sum(one.packet_count for one in shown)
    for _ in range(200):
        rig.now_ns += PICTURE_NS
        rig.timers.run()
    assert [len(one) for one in rig.fan_out._choruses.values()] == in_step
    assert not any(sender.queued_packets for sender in rig.senders)
    assert len(wire.sent) - sent == VIEWERS * sum(one.packet_count for one in shown)


def test_more_than_two_seconds_of_backlog_part_them_and_each_goes_on_with_a_key_picture() -> None:
    addresses = [("192.0.2.1", 1000 + number) for number in range(VIEWERS)]
    rig = Rig(RecordingWire(), addresses)
    rig.play([("nothing", 0, 2_000, False)] * 10)
    for number in range(400):
        rig.fan_out.give(picture(20 + number, size=60_000), rig.now_ns)
    assert not any(len(one) for one in rig.fan_out._choruses.values())
    assert rig.counts.jumps == VIEWERS
