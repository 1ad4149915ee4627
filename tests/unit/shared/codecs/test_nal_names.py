"""Parameter sets are told apart by number, and slices say which one they need."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs import h265
from shared.codecs.h264 import annex_b, nal_units
from shared.codecs.nal_names import h264_set_name, h264_slice_set, h265_set_name, h265_slice_set
from shared.codecs.parameter_sets import H264, H265, MAX_SET_BYTES, ParameterSets, needed_sets
from shared.errors import BadInput
from tests.support.parameter_pictures import picture_set, plain, sets_of
from tests.support.pictures import coded_h265
from tests.unit.shared.bitwriter import BitWriter


@settings(max_examples=40)
@given(st.integers(0, 139_263), st.integers(0, 9), st.integers(0, 255), st.integers(0, 2**64 - 1))
def test_an_h264_slice_s_picture_set_is_read_wherever_the_slice_begins(
    first: int, kind: int, number: int, rest: int
) -> None:
    slice_ = BitWriter().ue(first, kind, number).u(64, rest).nal(b"\x41")
    assert h264_slice_set(b"ab" + slice_, 2) == number


@settings(max_examples=40)
@given(st.sampled_from([0, 1, 9, 16, 19, 20, 21]), st.booleans(), st.integers(0, 63))
def test_an_h265_slice_s_picture_set_is_read(kind: int, first: bool, number: int) -> None:
    bits = BitWriter()
    bits.u(1, first)
    if 16 <= kind <= 23:
        bits.u(1, 0)
    bits.ue(number)
    assert h265_slice_set(bits.nal(bytes((kind << 1, 1))), 0) == number


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=20))
def test_noise_is_a_number_or_none(data: bytes) -> None:
    assert h264_slice_set(data, 0) >= -1
    assert h265_slice_set(data, 0) >= -1
    for name in (h264_set_name, h265_set_name):
        try:
            assert min(name(data)) >= 0
        except (BadInput, KeyError):
            continue


def test_a_cut_slice_needs_nothing_there_is() -> None:
    assert h264_slice_set(b"\x41", 0) == -1
    assert h265_slice_set(b"\x02\x01", 0) == -1


@settings(max_examples=40)
@given(st.integers(0, 255))
def test_an_h264_picture_set_says_its_number_and_its_sequence_set(number: int) -> None:
    assert h264_set_name(picture_set(plain()[0], number)) == (number, 0)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(BadInput):
        h264_set_name(picture_set(plain()[0], 256))


def test_h265_sets_say_their_numbers() -> None:
    nals = {h265.nal_type(nal): bytes(nal) for nal in nal_units(coded_h265(1)[0].data)}
    assert [h265_set_name(nals[kind]) for kind in sorted(h265.PARAMETER_SETS)] == [(0, 0)] * 3


def known(*nals: bytes) -> ParameterSets:
    sets = ParameterSets(H264)
    for nal in nals:
        sets.learn(nal)
    return sets


def test_every_set_is_kept_under_its_number_and_given_in_an_order_that_can_be_read() -> None:
    sps, pps = map(bytes, nal_units(sets_of(plain()[0])))
    seven = picture_set(plain()[0], 7)
    sets = known(seven, pps, sps)
    assert sets.all() == [sps, pps, seven]
    assert sets.chain(7) == (sps, seven)
    assert sets.usable == {0, 7}


def test_a_set_of_the_same_number_takes_the_other_s_place() -> None:
    sps, pps = map(bytes, nal_units(sets_of(plain()[0])))
    other = pps[:-1] + bytes((pps[-1] ^ 0x40,))
    assert known(sps, pps, other).all() == [sps, other]


def test_a_picture_set_without_its_sequence_set_is_of_no_use() -> None:
    sets = known(picture_set(plain()[0], 1))
    assert (sets.all(), sets.usable, sets.chain(1), sets.empty) == ([], frozenset(), None, True)


def test_a_set_beyond_all_reason_is_not_kept() -> None:
    with pytest.raises(BadInput):
        ParameterSets(H264).learn(b"\x68\x80" + bytes(MAX_SET_BYTES))


def test_the_sets_that_a_unit_s_own_slice_needs_are_found() -> None:
    first = plain()[0]
    sps, pps = map(bytes, nal_units(sets_of(first)))
    assert needed_sets(annex_b([picture_set(first, 9), sps, *map(bytes, nal_units(first))]), H264) == (
        sps,
        pps,
    )
    assert needed_sets(plain()[1], H264) is None
    key = coded_h265(1)[0].data
    found = needed_sets(key, H265)
    assert found is not None
    assert [h265.nal_type(nal) for nal in found] == [32, 33, 34]
