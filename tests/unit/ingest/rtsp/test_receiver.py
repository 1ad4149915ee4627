"""Where pictures begin and end, whose they are, and what is missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.doubt import DOUBT_NS
from ingest.rtsp.receiver import HOLD_NS
from shared.codecs.h264 import annex_b
from tests.unit.ingest.rtsp.packets import IDR, REST, SLICE, SSRC, Rig, rtp, sender_report

OTHER = 0xBAD


def _data(rig: Rig) -> list[bytes]:
    return [picture.data for picture in rig.pictures]


def test_a_marked_picture_waits_for_nothing() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0), rtp(REST, 2, 0, marker=True))
    assert _data(rig) == [annex_b([IDR, REST])]
    assert rig.pictures[0].key


def test_without_markers_a_picture_ends_where_the_next_one_begins() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0), rtp(REST, 2, 0), rtp(SLICE, 3, 3600))
    assert _data(rig) == [annex_b([IDR, REST])]


async def test_without_markers_the_last_picture_is_held_for_a_moment_only() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0))
    rig.receiver.settle()
    assert rig.pictures == []
    await rig.clock.advance(HOLD_NS / 1e9)
    rig.receiver.settle()
    assert _data(rig) == [annex_b([IDR])]


async def test_of_a_camera_that_marks_a_picture_whose_end_is_lost_is_never_given_as_a_whole_one() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(IDR, 2, 3600))
    await rig.clock.advance(HOLD_NS / 1e9)
    rig.receiver.settle()
    rig.take(rtp(SLICE, 4, 7200, marker=True))
    assert _data(rig) == [annex_b([IDR]), annex_b([SLICE])]
    assert rig.counts.damaged_pictures == 1


async def test_of_a_camera_that_marks_the_late_end_of_a_picture_is_waited_for() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(IDR, 2, 3600))
    await rig.clock.advance(2 * HOLD_NS / 1e9)
    rig.receiver.settle()
    rig.take(rtp(REST, 3, 3600, marker=True))
    assert _data(rig) == [annex_b([IDR]), annex_b([IDR, REST])]
    assert rig.counts.damaged_pictures == 0


def test_parameter_sets_marked_as_a_picture_stay_with_their_picture() -> None:
    rig = Rig()
    rig.take(rtp(b"\x67sps", 1, 0, marker=True), rtp(b"\x68pps", 2, 0, marker=True))
    rig.take(rtp(IDR, 3, 0, marker=True))
    assert _data(rig) == [annex_b([b"\x67sps", b"\x68pps", IDR])]


def test_a_camera_that_marks_each_slice_is_believed_no_longer() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(REST, 2, 0, marker=True))
    rig.take(rtp(IDR, 3, 3600, marker=True), rtp(REST, 4, 3600, marker=True), rtp(SLICE, 5, 7200))
    assert _data(rig)[-1] == annex_b([IDR, REST])
    assert rig.losses > 0


def test_pictures_that_share_a_time_are_told_apart_by_their_heads() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(SLICE, 2, 0, marker=True), rtp(SLICE, 3, 0, marker=True))
    assert _data(rig) == [annex_b([IDR]), annex_b([SLICE]), annex_b([SLICE])]


def test_a_picture_with_a_hole_is_given_up_and_told() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0), rtp(REST, 3, 0, marker=True), rtp(SLICE, 4, 3600, marker=True))
    assert _data(rig) == [annex_b([SLICE])]
    assert (rig.counts.lost, rig.counts.damaged_pictures) == (1, 1)
    assert rig.losses >= 1


def test_a_picture_whose_head_was_lost_is_given_up() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(REST, 4, 3600, marker=True))
    assert _data(rig) == [annex_b([IDR])]


def test_packets_that_come_twice_count_once_however_many_they_are() -> None:
    rig = Rig()
    for number in range(100):
        packet = rtp(IDR, number, 3600 * number, marker=True)
        rig.take(packet, packet)
    assert len(rig.pictures) == 100
    assert (rig.counts.late, rig.counts.lost) == (100, 0)


def test_a_sender_that_counts_anew_is_followed() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 40_000, 0, marker=True))
    for number in range(40):
        rig.take(rtp(IDR, 20_000 + number, 3600 * (number + 1), marker=True))
    assert len(rig.pictures) > 20


@settings(max_examples=60)
@given(st.integers(0, 0xFFFF_FFFF), st.integers(0, 0xFFFF))
def test_times_and_numbers_wrap_unnoticed(time32: int, sequence: int) -> None:
    rig = Rig()
    for number in range(5):
        rig.take(rtp(IDR, sequence + number, time32 + number * (1 << 29), marker=True))
    assert [picture.pts90 for picture in rig.pictures] == [number * (1 << 29) for number in range(5)]
    assert rig.counts.lost == 0


@pytest.mark.parametrize(
    ("flags", "around"),
    [
        (0xA0, (b"", b"\0\0\0\x04")),
        (0x90, (b"\xbe\xde\0\x01abcd", b"")),
        (0x82, (b"12345678", b"")),
        (0xB1, (b"1234\xbe\xde\0\0", b"\x01")),
    ],
)
def test_padding_extensions_and_sources_are_left_out(flags: int, around: tuple[bytes, bytes]) -> None:
    rig = Rig()
    rig.take(rtp(around[0] + IDR + around[1], 1, 0, marker=True, flags=flags))
    assert _data(rig) == [annex_b([IDR])]


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=60), max_size=12))
def test_noise_is_never_more_than_noise(noise: list[bytes]) -> None:
    rig = Rig()
    rig.take(*noise, *(rtp(packet, 1, 0, flags=0x80 | packet[0] & 0x3F) for packet in noise if packet))
    rig.receiver.settle()


def test_another_sender_is_ignored_and_counted() -> None:
    rig = Rig()
    for number in range(5):
        rig.take(
            rtp(IDR, number, 3600 * number, marker=True),
            rtp(b"\x65\x88spy", 900 + number, 99 * number, marker=True, ssrc=OTHER),
        )
    assert _data(rig) == [annex_b([IDR])] * 5
    assert rig.counts.foreign == 5


async def test_another_sender_after_a_silence_is_a_new_start() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 90_000, marker=True), rtp(SLICE, 2, 180_000, marker=True))
    await rig.clock.advance(1.5)
    rig.take(rtp(IDR, 500, 7, marker=True, ssrc=OTHER))
    assert [picture.restart for picture in rig.pictures] == [False, False, True]
    assert (rig.pictures[2].pts90, rig.receiver.ssrc) == (0, OTHER)


def test_the_announced_sender_takes_the_place_of_one_that_came_before() -> None:
    rig = Rig(announced=SSRC)
    rig.take(rtp(b"\x65\x88spy", 9, 0, marker=True, ssrc=OTHER))
    rig.take(rtp(IDR, 1, 0, marker=True), rtp(b"\x65\x88spy", 10, 3600, marker=True, ssrc=OTHER))
    assert _data(rig) == [annex_b([IDR])]
    assert not rig.pictures[0].restart


async def test_a_camera_that_announces_another_sender_than_it_has_loses_no_picture() -> None:
    rig = Rig(announced=OTHER)
    rig.take(rtp(IDR, 1, 0, marker=True))
    assert rig.pictures == []
    await rig.clock.advance(DOUBT_NS / 1e9)
    rig.take(rtp(SLICE, 2, 90_000, marker=True))
    assert _data(rig) == [annex_b([IDR]), annex_b([SLICE])]


def test_a_payload_type_that_nobody_announced_is_taken_when_nothing_else_comes() -> None:
    rig = Rig()
    for number in range(100):
        rig.take(rtp(IDR, number, 3600 * number, marker=True, kind=97))
    assert len(rig.pictures) > 40


def test_reports_among_the_media_are_reports() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 1, 0, marker=True))
    rig.take(sender_report(rig.clock.utc_ns(), 0), rtp(SLICE, 2, 3600, marker=True))
    assert rig.pictures[1].utc_ns is not None


@pytest.mark.parametrize("days", [40, -40])
def test_a_picture_tells_how_far_the_clock_of_its_camera_is_off(days: int) -> None:
    rig, off_ns = Rig(), days * 86_400 * 10**9
    rig.take(rtp(IDR, 1, 0, marker=True))
    rig.take(sender_report(rig.clock.utc_ns() + off_ns, 3600), rtp(SLICE, 2, 3600, marker=True))
    told = [(picture.utc_ns, picture.camera_ahead_ns) for picture in rig.pictures]
    assert told[0] == (None, None)
    assert told[1][0] is None
    assert abs((told[1][1] or 0) - off_ns) < 1000


async def test_a_receiver_report_tells_loss_and_the_last_sender_report() -> None:
    rig = Rig()
    assert rig.receiver.reception() is None
    rig.take(
        rtp(IDR, 65_534, 0, marker=True), rtp(IDR, 65_535, 3600, marker=True), rtp(IDR, 2, 7200, marker=True)
    )
    rig.receiver.control(sender_report(rig.clock.utc_ns(), 0))
    await rig.clock.advance(0.5)
    told = rig.receiver.reception()
    assert told is not None
    assert (told.lost, told.lost_share256, told.highest) == (2, 2 * 256 // 5, 65_536 + 2)
    assert (told.delay65536, told.middle32 != 0) == (32_768, True)
    again = rig.receiver.reception()
    assert again is not None
    assert (again.lost, again.lost_share256) == (2, 0)


def test_a_camera_whose_pictures_have_all_one_time_is_not_usual() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 0, 0, marker=True))
    assert rig.receiver.usual
    for number in range(1, 6):
        rig.take(rtp(SLICE, number, 0, marker=True))
    assert not rig.receiver.usual
    rig.take(rtp(SLICE, 6, 3600, marker=True))
    assert rig.receiver.usual


def test_a_camera_that_marks_nothing_or_has_another_sender_beside_it_is_not_usual() -> None:
    unmarked, shared = Rig(), Rig()
    for number in range(3):
        unmarked.take(rtp(IDR, number, 3600 * number))
        shared.take(rtp(IDR, number, 3600 * number, marker=True))
    assert (unmarked.receiver.usual, shared.receiver.usual) == (False, True)
    shared.take(rtp(SLICE, 900, 7, marker=True, ssrc=SSRC + 1))
    assert not shared.receiver.usual
