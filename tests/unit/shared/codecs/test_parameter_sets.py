"""The parameter sets of a stream by their numbers, and which a slice needs."""

import pytest

from shared.codecs.h264 import annex_b
from shared.codecs.parameter_sets import H264, MAX_SET_BYTES, ParameterSets, needed_sets, sets_in_front
from shared.errors import BadInput

SPS = b"\x67\x42\xc0\x16\x80"
"""Number 0: its code is the bit behind profile, constraints and level."""
OTHER_SPS = b"\x67\x42\xc0\x16\x40"
"""Number 1."""
PPS, OTHER_PPS = b"\x68\xc0", b"\x68\x48"
"""Numbers 0 and 1: the first refers to SPS 0, the second to SPS 1."""
SLICE = b"\x65\xb8\x00"
"""An IDR slice of type 7 (I) with PPS 0: its codes are 1, 0001000, 1."""


def learnt(*sets: bytes) -> ParameterSets:
    known = ParameterSets(H264)
    for one in sets:
        known.learn(one)
    return known


def test_a_picture_set_is_usable_once_what_it_refers_to_is_there() -> None:
    known = learnt(PPS)
    assert (known.usable, known.empty) == (frozenset(), True)
    known.learn(SPS)
    assert (known.usable, known.empty) == (frozenset({0}), False)
    assert known.chain(0) == (SPS, PPS)
    assert known.chain(1) is None


def test_sets_of_other_numbers_are_kept_beside_each_other() -> None:
    known = learnt(OTHER_PPS, PPS, OTHER_SPS, SPS)
    assert known.usable == {0, 1}
    assert known.all() == [SPS, OTHER_SPS, PPS, OTHER_PPS]


def test_a_set_nothing_refers_to_is_not_put_in_front_of_pictures() -> None:
    assert learnt(SPS, OTHER_SPS, PPS).all() == [SPS, PPS]


def test_a_set_that_is_too_long_is_refused_and_not_kept() -> None:
    known = learnt(SPS)
    with pytest.raises(BadInput):
        known.learn(PPS + bytes(MAX_SET_BYTES))
    assert known.empty


def test_the_sets_a_unit_needs_are_those_of_its_own_slice() -> None:
    unit = annex_b([SPS, OTHER_SPS, OTHER_PPS, PPS, SLICE])
    assert sets_in_front(unit, H264)[0] == [SPS, OTHER_SPS, OTHER_PPS, PPS]
    assert needed_sets(unit, H264) == (SPS, PPS)
    assert needed_sets(annex_b([SPS, OTHER_PPS, SLICE]), H264) is None
    assert needed_sets(annex_b([SPS, PPS]), H264) is None
