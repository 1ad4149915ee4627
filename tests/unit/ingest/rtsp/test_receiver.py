"""What each packet says of sender, order and picture."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs.h264 import annex_b
from tests.unit.ingest.rtsp.packets import IDR, SLICE, SSRC, Rig, rtp, sender_report


def _data(rig: Rig) -> list[bytes]:
    return [picture.data for picture in rig.pictures]


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
