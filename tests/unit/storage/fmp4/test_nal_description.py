"""Which parameter sets a file's head tells, of more than one."""

from shared.codecs.h264 import Nal, annex_b, nal_type, nal_units
from storage.fmp4.avc import AvcDescription
from tests.support.parameter_pictures import (
    GOP,
    picture_set,
    plain,
    sets_of,
    two_encoders,
    without_sets,
)


def test_the_set_that_the_picture_uses_is_told_first() -> None:
    first = two_encoders()[GOP]
    description = AvcDescription.of_unit(sets_of(plain()[0]) + first)
    assert description.sps[0] == next(bytes(nal) for nal in nal_units(first) if nal_type(nal) == Nal.SPS)
    assert len(description.sps) == 2


def test_more_sets_than_the_file_s_head_can_hold_stay_in_the_samples() -> None:
    first = plain()[0]
    many = [picture_set(first, number) for number in range(256)]
    unit = sets_of(first) + annex_b(many) + without_sets(first)
    description = AvcDescription.of_unit(unit)
    assert len(description.pps) == 255
    assert len(AvcDescription.from_avcc(description.configuration()).pps) == 255
    kept = [bytes(part) for part in description.sample(unit)[1::2] if part[0] & 0x1F == Nal.PPS]
    assert kept == [many[255]]
