"""One stream given to its senders."""

from dataclasses import replace

from mux.counts import Counts
from mux.streams.channel import Channel
from shared.clock import SimulatedClock
from shared.tap import Gap
from shared.units import Codec
from tests.unit.mux.fakes import STREAM, RecordingTransport, Viewed, idle_pacer, unit


class Watched:
    def __init__(self) -> None:
        self.delays: list[float] = []
        self.changed: list[Channel] = []
        self.counts = Counts()
        self.transport = RecordingTransport()
        self.clock = SimulatedClock()
        self.channel = Channel(
            STREAM,
            self.transport,
            idle_pacer(),
            self.clock,
            self.counts,
            sent=self.delays.append,
            changed=self.changed.append,
        )


def test_every_viewer_gets_the_same_payloads_with_its_own_keys_and_numbers() -> None:
    watched = Watched()
    plain = Viewed(extension_id=None, transport=watched.transport)
    extended = Viewed(transport=watched.transport, address=("192.0.2.10", 5000))
    for viewed in (plain, extended):
        watched.channel.add(viewed.sender)
    watched.channel.take(unit(0, key=True))
    watched.channel.take(unit(1))
    assert [one[12:] for one in plain.received()] == [one[20:] for one in extended.received()]


def test_the_delay_to_the_first_packet_is_told_once_a_picture() -> None:
    watched = Watched()
    watched.channel.take(unit(0, key=True))
    for _ in range(2):
        watched.channel.add(Viewed(transport=watched.transport).sender)
    watched.channel.take(unit(1))
    assert watched.delays == [0.0]


async def test_the_delay_is_measured_of_ten_pictures_a_second_at_most() -> None:
    watched = Watched()
    watched.channel.add(Viewed(transport=watched.transport).sender)
    for number in range(26):
        watched.channel.take(unit(number, key=number == 0))
        await watched.clock.advance(0.040)
    assert len(watched.delays) == 9


def test_who_left_gets_nothing_more() -> None:
    watched = Watched()
    viewed = Viewed(transport=watched.transport)
    watched.channel.add(viewed.sender)
    watched.channel.discard(viewed.sender)
    watched.channel.take(unit(0, key=True))
    assert viewed.received() == []


def test_the_profile_is_read_from_the_key_unit() -> None:
    watched = Watched()
    assert watched.channel.profile_idc is None
    watched.channel.take(unit(0, key=True))
    assert watched.channel.profile_idc == 0x42


def test_a_unit_with_nothing_to_send_is_counted() -> None:
    watched = Watched()
    watched.channel.take(replace(unit(0, key=True), data=b"\xff\xff\xff"))
    assert watched.counts.empty_units == 1
    assert watched.channel.group.pictures == []


def test_a_gap_closes_the_group_until_the_next_key_unit() -> None:
    watched = Watched()
    for item in (unit(0, key=True), Gap(STREAM, 2), unit(3)):
        watched.channel.take(item)
    assert watched.channel.group.pictures == []
    watched.channel.take(unit(4, key=True))
    assert len(watched.channel.group.pictures) == 1


def test_a_new_run_that_starts_in_mid_group_waits_for_its_key_unit() -> None:
    watched = Watched()
    viewed = Viewed(transport=watched.transport)
    watched.channel.add(viewed.sender)
    watched.channel.take(unit(0, key=True))
    viewed.received()
    watched.channel.take(unit(0, run=2))
    assert viewed.received() == []
    watched.channel.take(unit(1, run=2, key=True))
    assert viewed.received() != []


def test_another_codec_is_told_and_sends_nothing() -> None:
    watched = Watched()
    watched.channel.take(unit(0, key=True, codec=Codec.MJPEG))
    assert watched.changed == [watched.channel]
    assert watched.channel.codec is Codec.MJPEG
