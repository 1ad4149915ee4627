"""Packets of a replay to pictures."""

import struct

from hypothesis import given
from hypothesis.strategies import binary, booleans, integers, lists, sampled_from

from ingest.onvif.replay_receiver import ReplayCounts, ReplayedPicture, ReplayReceiver
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.simulator.rtp import RtpPacket, h264_payloads
from shared.codecs.h264 import annex_b

S = 1_000_000_000
NTP_1970 = 2_208_988_800


def picture(number: int, *, size: int = 3000, key: bool = False) -> bytes:
    """A picture of one slice, of several packets; its bytes are its number's."""
    head = b"\x65" if key else b"\x41"
    return annex_b([head + b"\x80" + bytes([number & 0xFF | 1]) * size])


def extension(second: int, flags: int = 0) -> bytes:
    return struct.pack("!HHIIBBH", 0xABAC, 3, second + NTP_1970, 0, flags, 0, 0)


def packets(numbers: list[int], *, marked: bool = True, marks: bool = True, ssrc: int = 7) -> list[bytes]:
    found: list[bytes] = []
    for number in numbers:
        payloads = h264_payloads(picture(number))
        for place, payload in enumerate(payloads):
            told = extension(number) if marked and not place else b""
            last = marks and place == len(payloads) - 1
            found.append(RtpPacket(96, last, len(found), number * 90_000, ssrc, payload, told).data)
    return found


class Bench:
    def __init__(self) -> None:
        self.given: list[ReplayedPicture] = []
        self.counts = ReplayCounts()
        self.ended = 0
        self.receiver = ReplayReceiver(96, H264Depacketiser(), self.given.append, self._end, self.counts)

    def _end(self) -> None:
        self.ended += 1

    def take(self, all_packets: list[bytes]) -> list[int | None]:
        """The seconds of the pictures that came of them."""
        for packet in all_packets:
            self.receiver.packet(memoryview(packet), 0, len(packet))
        self.receiver.flush()
        return [None if one.mark is None else one.mark.utc_ns // S for one in self.given]


@given(lists(integers(1, 200), min_size=1, max_size=6, unique=True), booleans(), booleans())
def test_pictures_come_whole_in_order_with_their_times_whether_marked_or_not(
    numbers: list[int], marks: bool, together: bool
) -> None:
    bench = Bench()
    sent = packets(numbers, marks=marks)
    if together:
        data = memoryview(b"".join(struct.pack("!BBH", 0x24, 0, len(one)) + one for one in sent))
        assert bench.receiver.frames(data, 0, len(data), 0) == len(data)
        sent = []
    assert bench.take(sent) == numbers
    assert [one.data for one in bench.given] == [picture(number) for number in numbers]
    assert not any(one.gap for one in bench.given)


@given(integers(0, 11))
def test_a_lost_packet_costs_its_picture_and_is_told_with_the_next(lost: int) -> None:
    bench = Bench()
    sent = packets([1, 2, 3, 4])
    assert len(sent) == 12
    del sent[lost]
    found = bench.take(sent)
    assert set(found) <= {1, 2, 3, 4}
    assert 4 - len(found) <= 2
    if lost < 9:
        assert [one.gap for one in bench.given].count(True) == (1 if lost else 0) or lost == 0
    assert all(one.data == picture(number or 0) for one, number in zip(bench.given, found, strict=True))


def test_packets_that_come_again_are_left_out() -> None:
    bench = Bench()
    sent = packets([1, 2])
    assert bench.take([*sent[:4], *sent[:4], *sent[4:]]) == [1, 2]
    assert bench.counts.repeated == 4


def test_pictures_of_one_rtp_time_are_told_apart_by_their_marks() -> None:
    bench = Bench()
    found: list[bytes] = []
    for number in (1, 2):
        payloads = h264_payloads(picture(number))
        for place, payload in enumerate(payloads):
            told = b"" if place else extension(number)
            found.append(RtpPacket(96, place == len(payloads) - 1, len(found), 0, 7, payload, told).data)
    assert bench.take(found) == [1, 2]


def test_another_sender_behind_a_gap_is_followed() -> None:
    bench = Bench()
    assert bench.take([*packets([1, 2]), *packets([5, 6], ssrc=8)]) == [1, 2, 5, 6]
    assert [one.gap for one in bench.given] == [False, False, True, False]


def test_pictures_without_a_mark_are_given_without_a_time() -> None:
    assert Bench().take(packets([1, 2], marked=False)) == [None, None]


def test_a_goodbye_is_told() -> None:
    bench = Bench()
    bench.receiver.control(struct.pack("!BBHI", 0x81, 203, 1, 7))
    bench.receiver.control(b"\x81")
    assert bench.ended == 1


@given(lists(binary(max_size=60), max_size=20), lists(sampled_from([0, 12, 16]), max_size=20))
def test_garbage_is_counted_and_never_raised(garbage: list[bytes], heads: list[int]) -> None:
    bench = Bench()
    sent = packets([1, 2])
    for place, data in enumerate(garbage):
        head = heads[place] if place < len(heads) else 0
        sent.insert(place % len(sent), sent[0][:head] + data)
    bench.take(sent)
