"""Only decodable H.264 gets through."""

import functools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks.common import NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.scene import Scene
from shared.codecs.h264 import Nal, annex_b, has_b_slice, nal_type, nal_units, parameter_sets
from tests.unit.ingest.decoded import decoded

SETS = (Nal.SPS, Nal.PPS)
GARBAGE = b"\xff\x01\x02\x03"


@functools.cache
def pictures(b_frames: int = 0) -> tuple[bytes, ...]:
    """Six pictures with a key picture at 0 and 3."""
    coding = Coding(width=320, height=240, gop_s=0.24, kbps=300, b_frames=b_frames)
    encoder, scene = Encoder(coding), Scene("x", 320, 240)
    coded = [picture for n in range(6) for picture in encoder.encode(scene.picture(n, n / 12.5, None))]
    return tuple(picture.data for picture in [*coded, *encoder.finish()])


def without_sets(data: bytes) -> bytes:
    return annex_b([bytes(nal) for nal in nal_units(data) if nal_type(nal) not in SETS])


def only_sets(data: bytes) -> bytes:
    return annex_b([nal for nal in parameter_sets(data) if nal is not None])


def test_a_good_stream_passes_unchanged() -> None:
    checks = H264Checks()
    assert [checks.check(data).data for data in pictures()] == list(pictures())


def test_key_units_are_those_where_decoding_can_start() -> None:
    checks = H264Checks()
    assert [checks.check(data).key for data in pictures()] == [True, False, False, True, False, False]


def test_size_and_profile_are_read_from_the_stream() -> None:
    checks = H264Checks()
    checks.check(pictures()[0])
    assert checks.parameters is not None
    assert (checks.parameters.width, checks.parameters.height) == (320, 240)


def test_sets_told_outside_the_stream_are_put_into_key_units() -> None:
    checks = H264Checks(only_sets(pictures()[0]))
    units = [checks.check(without_sets(data)) for data in pictures()]
    assert all(None not in parameter_sets(unit.data) for unit in units if unit.key)
    assert len(decoded(unit.data for unit in units)) == 6


def test_sets_given_once_are_repeated_in_later_key_units() -> None:
    checks = H264Checks()
    first, *rest = pictures()
    units = [checks.check(data) for data in (first, *map(without_sets, rest))]
    assert len(decoded(unit.data for unit in units[3:])) == 3


def test_nothing_passes_before_a_key_unit() -> None:
    checks = H264Checks(only_sets(pictures()[0]))
    with pytest.raises(NotDecodable, match="key picture"):
        checks.check(pictures()[1])


def test_nothing_passes_before_the_parameter_sets() -> None:
    with pytest.raises(NotDecodable, match="parameter sets"):
        H264Checks().check(without_sets(pictures()[0]))


def test_after_a_loss_the_next_unit_is_a_key_unit() -> None:
    checks = H264Checks()
    checks.check(pictures()[0])
    checks.lose_sync()
    with pytest.raises(NotDecodable):
        checks.check(pictures()[1])
    assert checks.check(pictures()[3]).key


def test_garbage_between_good_nal_units_is_cut_out_and_counted() -> None:
    checks = H264Checks()
    nals = [bytes(nal) for nal in nal_units(pictures()[0])]
    checked = checks.check(annex_b([GARBAGE, *nals, GARBAGE]))
    assert checks.garbage == 2
    assert list(map(bytes, nal_units(checked.data))) == nals


def test_a_unit_without_a_picture_is_dropped() -> None:
    with pytest.raises(NotDecodable, match="no picture"):
        H264Checks().check(only_sets(pictures()[0]))


def test_a_broken_parameter_set_is_garbage() -> None:
    checks = H264Checks()
    with pytest.raises(NotDecodable):
        checks.check(annex_b([b"\x67\x42\xc0", *map(bytes, nal_units(without_sets(pictures()[0])))]))
    assert checks.garbage == 1


def test_b_frames_pass_as_reordered_and_the_setting_to_change_is_named() -> None:
    checks = H264Checks()
    assert [checks.check(data).reordered for data in pictures(2)] == [True] * 6
    assert "B-frames" in checks.advice
    assert "Baseline" in checks.advice


def test_a_stream_in_order_asks_for_no_change() -> None:
    checks = H264Checks()
    assert [checks.check(data).reordered for data in pictures()] == [False] * 6
    assert checks.advice == ""


def test_a_camera_that_hides_its_b_frames_is_found_out_by_the_first_of_them() -> None:
    checks = H264Checks()
    reordered = []
    for data in pictures(2):
        checks.check(data)
        # As with a camera whose parameter set leaves the number out.
        assert checks.parameters is not None
        checks.parameters = replace(checks.parameters, reorder_frames=None)
        reordered.append(checks.check(data).reordered)
    first = next(number for number, data in enumerate(pictures(2)) if has_b_slice(data))
    assert first > 0
    assert reordered == [number >= first for number in range(6)]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_noise_never_passes_as_a_key_unit_without_sets(noise: list[bytes]) -> None:
    checks = H264Checks()
    try:
        checked = checks.check(annex_b(noise))
    except NotDecodable:
        return
    assert checked.key
    assert None not in parameter_sets(checked.data)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_stream_raises_nothing_unexpected(data: st.DataObject) -> None:
    checks = H264Checks()
    for picture in pictures():
        broken = bytearray(picture)
        for _ in range(data.draw(st.integers(0, 3))):
            broken[data.draw(st.integers(0, min(60, len(broken) - 1)))] = data.draw(st.integers(0, 255))
        try:
            checks.check(bytes(broken))
        except NotDecodable:
            continue
