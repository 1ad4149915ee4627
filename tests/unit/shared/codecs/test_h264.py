import time
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.h264 import (
    Nal,
    SequenceParameters,
    annex_b,
    has_b_slice,
    nal_starts,
    nal_type,
    nal_units,
    parameter_sets,
    parse_sps,
)
from shared.errors import BadInput
from tests.support.pictures import coded_pictures
from tests.unit.shared.bitwriter import BitWriter

# A NAL unit as an encoder writes it: no start code inside, and its last byte is not zero (section 7.4.1).
nals = st.binary(min_size=1, max_size=60).map(
    lambda raw: (raw.replace(b"\0\0", b"\0\3").rstrip(b"\0") or b"\x09") + b"\x80"
)


def sps(
    *,
    profile: int = 77,
    mbs: tuple[int, int] = (80, 45),
    order_type: int = 0,
    frames_only: bool = True,
    crop: tuple[int, int, int, int] | None = None,
    reorder: int | None = None,
) -> bytes:
    """A sequence parameter set of 4:2:0 pictures; `mbs` counts macroblocks and map units."""
    bits = BitWriter().u(8, profile).u(8, 0x40).u(8, 31).ue(0)
    if profile == 100:
        bits.ue(1, 0, 0).u(1, 0).u(1, 0)
    bits.ue(0, order_type)
    if order_type == 0:
        bits.ue(2)
    bits.ue(1).u(1, 0).ue(mbs[0] - 1, mbs[1] - 1).u(1, int(frames_only))
    if not frames_only:
        bits.u(1, 0)
    bits.u(1, 1).u(1, int(crop is not None))
    bits.ue(*(crop or ()))
    bits.u(1, int(reorder is not None))
    if reorder is not None:
        bits.u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 1)
        bits.u(1, 1).ue(0, 0, 10, 10, reorder, 4)
    return bits.nal(b"\x67")


@given(st.lists(nals, max_size=8))
def test_units_are_read_back_as_they_were_put_together(units: list[bytes]) -> None:
    assert [bytes(nal) for nal in nal_units(annex_b(units))] == units


@given(st.binary(max_size=300))
def test_no_unit_of_any_bytes_holds_a_start_code_or_ends_in_zero(data: bytes) -> None:
    for nal in nal_units(data):
        assert b"\0\0\1" not in bytes(nal)
        assert nal[-1] != 0


@given(st.binary(max_size=300))
def test_units_of_any_bytes_are_cut_from_them_in_order(data: bytes) -> None:
    at = 0
    for nal in nal_units(data):
        at = data.index(bytes(nal), at) + len(nal)


def test_three_byte_start_codes_are_start_codes() -> None:
    assert [bytes(nal) for nal in nal_units(b"\0\0\1ab\0\0\1cd")] == [b"ab", b"cd"]


def test_bytes_before_the_first_start_code_are_left_out() -> None:
    assert [bytes(nal) for nal in nal_units(b"junk\0\0\1ab")] == [b"ab"]


def test_a_megabyte_of_zeros_is_read_in_no_time() -> None:
    started = time.monotonic()
    assert list(nal_units(b"\0" * (1 << 20) + b"\1")) == []
    assert time.monotonic() - started < 1


def test_the_parameter_sets_of_a_key_picture_are_found() -> None:
    found, _ = parameter_sets(coded_pictures(1)[0][1])
    assert found is not None
    assert nal_type(found) == Nal.SPS


@given(st.integers(0, 2000), st.integers(0, 9), st.binary(max_size=30))
def test_a_slice_is_bi_predictive_when_its_type_says_so(first: int, kind: int, rest: bytes) -> None:
    head = BitWriter().ue(first, kind).data() + rest
    assert has_b_slice(annex_b([b"\x41" + head.replace(b"\0\0", b"\0\3")])) is (kind % 5 == 1)


def test_a_key_picture_has_no_bi_predictive_slice() -> None:
    assert not has_b_slice(coded_pictures(1)[0][1])


def test_a_picture_without_parameter_sets_has_none() -> None:
    assert parameter_sets(coded_pictures(2)[1][1]) == (None, None)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (704, 576), (1920, 1080), (354, 290)])
def test_an_encoder_s_parameter_set_says_its_picture_size(width: int, height: int) -> None:
    found, _ = parameter_sets(coded_pictures(1, width=width, height=height)[0][1])
    assert found is not None
    parsed = parse_sps(found)
    assert (parsed.width, parsed.height) == (width, height)


def test_a_stream_without_b_frames_says_so() -> None:
    found, _ = parameter_sets(coded_pictures(1)[0][1])
    assert found is not None
    assert not parse_sps(found).may_reorder


def test_cropping_is_taken_off() -> None:
    parsed = parse_sps(sps(mbs=(120, 68), crop=(0, 0, 0, 4)))
    assert (parsed.width, parsed.height) == (1920, 1080)


def test_interlaced_pictures_have_both_fields_lines() -> None:
    assert parse_sps(sps(mbs=(45, 18), frames_only=False)).height == 576


def test_high_profile_is_read() -> None:
    assert parse_sps(sps(profile=100)).codec_string == "avc1.64401f"


@pytest.mark.parametrize(("reorder", "may"), [(0, False), (2, True)])
def test_what_the_camera_says_of_reordering_is_believed(reorder: int, may: bool) -> None:
    assert parse_sps(sps(reorder=reorder)).may_reorder is may


def test_a_camera_that_does_not_say_is_not_accused_of_reordering() -> None:
    parsed = parse_sps(sps())
    assert parsed.reorder_frames is None
    assert not parsed.may_reorder


def test_pictures_coded_in_output_order_are_not_reordered() -> None:
    assert parse_sps(sps(order_type=2, reorder=None)).reorder_frames == 0


@given(
    st.tuples(st.integers(1, 500), st.integers(1, 300)),
    st.sampled_from([66, 77, 100]),
    st.booleans(),
    st.none() | st.integers(0, 16),
)
def test_every_size_is_read_back(
    mbs: tuple[int, int], profile: int, frames_only: bool, reorder: int | None
) -> None:
    parsed = parse_sps(sps(profile=profile, mbs=mbs, frames_only=frames_only, reorder=reorder))
    assert (parsed.width, parsed.height) == (mbs[0] * 16, mbs[1] * 16 * (1 if frames_only else 2))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_parameter_set_or_bad_input(noise: bytes) -> None:
    with suppress(BadInput):
        parsed = parse_sps(b"\x67" + noise)
        assert isinstance(parsed, SequenceParameters)
        assert 0 < parsed.width <= 16384


@given(st.integers(4, 40))
def test_a_parameter_set_cut_anywhere_is_bad_input_or_lacks_its_end(length: int) -> None:
    whole = sps(profile=100, reorder=0)
    with suppress(BadInput):
        assert parse_sps(whole[:length]).width == parse_sps(whole).width


@pytest.mark.parametrize("nal", [b"", b"\x67", b"\x68\x64\x00\x1f", b"\x65\x00\x00\x00\x00"])
def test_what_is_no_parameter_set_is_refused(nal: bytes) -> None:
    with pytest.raises(BadInput):
        parse_sps(nal)


def test_a_megabyte_of_noise_is_refused_in_no_time() -> None:
    started = time.monotonic()
    with suppress(BadInput):
        parse_sps(b"\x67\x64\x00\x1f" + b"\x55" * (1 << 20))
    assert time.monotonic() - started < 1


@given(st.lists(st.sampled_from([b"\0\0\1", b"\0", b"\1", b"\x41", b"ab"]), max_size=12).map(b"".join))
def test_every_unit_begins_where_one_is_said_to_begin(data: bytes) -> None:
    starts = list(nal_starts(data))
    assert all(data[at - 3 : at] == b"\0\0\1" for at in starts)
    said = [data[at:following] for at, following in pairwise([*starts, len(data)])]
    ends = [part.removesuffix(b"\0\0\1").rstrip(b"\0") for part in said]
    assert [part for part in ends if part] == [bytes(nal) for nal in nal_units(data)]
