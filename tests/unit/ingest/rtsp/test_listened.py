"""Whose packets are taken."""

from ingest.ports import Pace
from ingest.rtsp.turns import EVERY_S
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


def _turn(rig: Rig, packets: list[bytes]) -> None:
    """Let packets be read together, the last of which came just now."""
    rig.receiver.arrived(0)
    for packet in packets:
        rig.receiver.packet(memoryview(packet), 0, len(packet))
    rig.receiver.read()


async def _read_by_turns(rig: Rig) -> None:
    """65 pictures have come, the last 40 of them in a turn; the next 40 may be read."""
    for number in range(25):
        rig.take(rtp(IDR, number, 3600 * number, marker=True))
        await rig.clock.advance(0.04)
    await rig.clock.advance(EVERY_S[Pace.LATER])
    _turn(rig, [rtp(SLICE, number, 3600 * number, marker=True) for number in range(25, 65)])
    await rig.clock.advance(EVERY_S[Pace.LATER])


async def test_who_sends_beside_a_camera_that_is_read_by_turns_is_not_taken_for_it() -> None:
    rig = Rig()
    await _read_by_turns(rig)
    packets = [rtp(SLICE, number, 3600 * number, marker=True) for number in range(65, 105)]
    packets[5:5] = [rtp(b"\x65\x88spy", 900, 0, marker=True, ssrc=OTHER)]
    _turn(rig, packets)
    assert (rig.receiver.ssrc, rig.counts.senders, len(rig.pictures)) == (SSRC, 0, 105)


async def test_of_a_camera_that_changes_its_ssrc_between_two_turns_no_picture_is_lost() -> None:
    rig = Rig()
    await _read_by_turns(rig)
    packets = [rtp(SLICE, number, 3600 * number, marker=True) for number in range(65, 80)]
    later = [rtp(IDR, number + 500, 3600 * number, marker=True, ssrc=OTHER) for number in range(80, 130)]
    _turn(rig, [*packets, *later[:25]])
    assert not rig.receiver.usual
    for packet in later[25:]:
        await rig.clock.advance(0.04)
        rig.take(packet)
    assert (rig.receiver.ssrc, len(rig.pictures)) == (OTHER, 130)
