"""Where pictures begin and end."""

from ingest.rtsp.receiver import HOLD_NS
from shared.codecs.h264 import annex_b
from tests.unit.ingest.rtsp.packets import IDR, REST, SLICE, Rig, rtp


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
