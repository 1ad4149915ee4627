"""Whose packets are taken."""

from shared.codecs.h264 import annex_b
from tests.unit.ingest.rtsp.packets import IDR, SLICE, SSRC, Rig, rtp

OTHER = 0xBAD


def _data(rig: Rig) -> list[bytes]:
    return [picture.data for picture in rig.pictures]


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


def test_a_payload_type_that_nobody_announced_is_taken_when_nothing_else_comes() -> None:
    rig = Rig()
    for number in range(100):
        rig.take(rtp(IDR, number, 3600 * number, marker=True, kind=97))
    assert len(rig.pictures) > 40
