"""A transcoder's work: units of any codec in, H.264 for every browser out."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from ingest.simulator.encoder import Coding, Encoding
from shared.codecs.h264 import parameter_sets, parse_sps
from shared.transcoder.work import Work
from shared.transcoding.limits import Limits
from shared.units import AccessUnit, Codec
from tests.support.pictures import units_as
from tests.support.strange_pictures import strange_units, without_vui

JPEGS = strange_units(Codec.MJPEG)


def worked(units: Sequence[AccessUnit], limits: Limits | None = None) -> list[AccessUnit]:
    work = Work(limits or Limits())
    return [made for unit in units for made in work.take(unit, behind=False)]


def decoded(units: Sequence[AccessUnit]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for unit in units for frame in decoder.decode(av.Packet(unit.data))]
    return [*frames, *decoder.decode(None)]


@pytest.mark.parametrize("codec", [Codec.H265, Codec.MJPEG, Codec.MPEG4])
def test_each_picture_comes_out_at_once_with_its_own_time_and_capture(codec: Codec) -> None:
    work = Work(Limits())
    for unit in strange_units(codec):
        (made,) = work.take(unit, behind=False)
        assert (made.pts90, made.utc_ns, made.stream) == (unit.pts90, unit.utc_ns, unit.stream)
        assert made.codec is Codec.H264


@pytest.mark.parametrize("codec", list(Codec))
def test_what_comes_out_is_baseline_h264_that_decodes_to_the_same_pictures(codec: Codec) -> None:
    made = worked(strange_units(codec))
    sps, _ = parameter_sets(made[0].data)
    assert sps is not None
    assert parse_sps(sps).profile_idc == 66
    frames = decoded(made)
    assert len(frames) == len(made) >= 22
    ramp = frames[0].to_ndarray(format="gray")
    # The gradient grows to the right by one a pixel, if no range was taken for another on the way.
    assert np.mean(ramp[:, 200]) - np.mean(ramp[:, 50]) == pytest.approx(150, abs=8)


def test_pictures_out_of_order_come_out_in_the_order_they_are_shown() -> None:
    units = strange_units(Codec.H264)
    assert [unit.pts90 for unit in units] != sorted(unit.pts90 for unit in units)
    made = worked(units)
    assert [unit.pts90 for unit in made] == [number * 3600 for number in range(len(made))]
    assert not any(unit.reordered for unit in made)


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_pictures_out_of_order_come_out_evenly_from_the_first_on(told: bool) -> None:
    """Whether or not the camera tells how many have to be held back."""
    units = strange_units(Codec.H264, fps=Fraction(10))
    work = Work(Limits())
    made = [
        [
            one.pts90
            for one in work.take(unit if told else replace(unit, data=without_vui(unit.data)), behind=False)
        ]
        for unit in units
    ]
    assert made == [[], [], *([number * 9000] for number in range(len(units) - 2))]


def test_no_picture_is_left_out_where_a_key_picture_lets_several_out_at_once() -> None:
    """As a decoder of H.265 does: nothing is held back over its key pictures."""
    units = units_as(Coding(320, 240, Fraction(10), 1.0, 300, 2, Encoding.H265), 33)
    made = worked(units)
    assert [unit.pts90 for unit in made] == [number * 9000 for number in range(len(made))]
    assert len(made) >= 30


@pytest.mark.parametrize("encoding", [Encoding.H264, Encoding.MPEG4])
def test_a_camera_whose_first_b_frames_come_late_has_all_shown_from_its_next_key_picture_on(
    encoding: Encoding,
) -> None:
    units = units_as(Coding(320, 240, Fraction(10), 1.0, 300, 2, encoding), 33)
    next_key90 = next(unit.pts90 for unit in units[1:] if unit.key)
    work = Work(Limits())
    made90 = [
        made.pts90
        for number, unit in enumerate(units)
        for made in work.take(
            replace(unit, data=_untold(unit), reordered=number > 1),
            behind=False,
        )
    ]
    later90 = [pts90 for pts90 in made90 if pts90 >= next_key90]
    assert later90 == [next_key90 + number * 9000 for number in range(len(later90))]
    assert len(later90) >= 18


def _untold(unit: AccessUnit) -> bytes:
    return without_vui(unit.data) if unit.codec is Codec.H264 else unit.data


def test_a_key_picture_comes_first_every_two_seconds_and_when_one_is_wanted() -> None:
    work = Work(Limits())
    keys = []
    for number in range(60):
        if number == 10:
            work.key_picture_wanted()
        unit = replace(JPEGS[number % 24], seq=number, pts90=number * 9000)
        (made,) = work.take(unit, behind=False)
        keys += [number] if made.key else []
    assert keys == [0, 10, 30, 50]


def test_a_large_picture_is_made_smaller_within_the_longest_side() -> None:
    made = worked(strange_units(Codec.MJPEG, 2, width=644, height=482), Limits(longest_side=322))
    frame = decoded(made)[0]
    assert (frame.width, frame.height) == (322, 240)
    image = frame.to_ndarray(format="gray")
    assert np.mean(image[:, 100]) - np.mean(image[:, 25]) == pytest.approx(150, abs=8)


def test_no_more_pictures_a_second_come_out_than_allowed() -> None:
    units = strange_units(Codec.MJPEG, 24, fps=Fraction(25))
    made = worked(units, Limits(fps=12))
    assert len(made) == 12
    assert made[1].pts90 - made[0].pts90 == 7200


def test_of_30_pictures_a_second_25_are_shown_where_25_are_allowed() -> None:
    made = worked(strange_units(Codec.MJPEG, 24, fps=Fraction(30)), Limits(fps=25))
    assert len(made) == 20


@pytest.mark.parametrize("codec", [Codec.H265, Codec.MJPEG])
def test_the_first_picture_comes_at_once_and_then_none_of_which_newer_ones_wait(codec: Codec) -> None:
    units = strange_units(codec)
    work = Work(Limits())
    (first,) = work.take(units[0], behind=True)
    assert (first.pts90, first.utc_ns, first.key) == (units[0].pts90, units[0].utc_ns, True)
    for unit in units[1:10]:
        assert work.take(unit, behind=True) == []
    (made,) = work.take(units[10], behind=False)
    assert (made.pts90, made.key, work.skipped) == (units[10].pts90, False, 9)


def test_after_a_hole_nothing_comes_before_the_next_key_picture() -> None:
    units = strange_units(Codec.H265)
    work = Work(Limits())
    out = [unit.seq for unit in (*units[:4], *units[6:]) if work.take(unit, behind=False)]
    assert out == [0, 1, 2, 3, *range(12, 24)]


def test_a_camera_that_changes_its_codec_and_its_size_is_followed() -> None:
    larger = [replace(unit, run=2) for unit in strange_units(Codec.H265, 4, width=400, height=304)]
    made = worked([*JPEGS[:4], *larger])
    assert [unit.key for unit in made] == [True, False, False, False, True, False, False, False]
    assert [unit.seq for unit in made] == [0, 1, 2, 3] * 2
    assert [(frame.width, frame.height) for frame in decoded(made)] == [(320, 240)] * 4 + [(400, 304)] * 4


def test_a_picture_that_cannot_be_decoded_is_passed_over() -> None:
    broken = replace(JPEGS[1], data=b"\xff\xd8 no picture")
    work = Work(Limits())
    taken = [work.take(unit, behind=False) for unit in (JPEGS[0], broken, *JPEGS[2:5])]
    assert [len(made) for made in taken] == [1, 0, 1, 1, 1]
    assert work.trouble == ""


def test_what_cannot_be_decoded_for_two_seconds_is_told_and_drawn_until_it_can() -> None:
    work = Work(Limits())
    made = work.take(JPEGS[0], behind=False)
    for number in range(1, 100):
        broken = replace(JPEGS[0], seq=number, pts90=number * 3600, data=b"\xff\xd8 no picture")
        drawn = work.take(broken, behind=False)
        assert bool(drawn) == (number in (50, 75))
        made += drawn
    assert "mjpeg" in work.trouble
    frames = decoded(made)
    assert [(frame.width, frame.height) for frame in frames] == [(320, 240)] * 3
    notice = frames[1].to_ndarray(format="gray")
    assert np.median(notice) < 60
    assert notice.max() > 150
    assert len(work.take(replace(JPEGS[3], seq=100, pts90=100 * 3600), behind=False)) == 1
    assert work.trouble == ""


def test_noise_of_every_codec_is_survived() -> None:
    noise = np.random.default_rng(5).integers(0, 256, 4000, dtype=np.uint8).tobytes()
    for codec in Codec:
        good = strange_units(codec)
        work = Work(Limits())
        for number, start in enumerate(range(0, 3000, 100)):
            data = good[0].data[:start] + noise[start:]
            work.take(replace(good[0], seq=number, pts90=number * 3600, data=data), behind=False)
        assert [made for unit in good for made in work.take(replace(unit, run=2), behind=False)]


@pytest.mark.parametrize("codec", list(Codec))
def test_of_a_recording_every_picture_comes_out_however_many_wait_and_the_last_ones_at_the_end(
    codec: Codec,
) -> None:
    units = strange_units(codec)
    work = Work(Limits(fps=50, every=True))
    made = [one for unit in units for one in work.take(unit, behind=True)] + work.finish()
    assert [one.pts90 for one in made] == sorted(unit.pts90 for unit in units)
    assert work.skipped == 0
    assert work.finish() == []
