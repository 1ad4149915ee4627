"""Several parameter sets reach whoever decodes, and a slice never goes without its own."""

import pytest

from ingest.checks.common import UNKNOWN_SETS, NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.checks.h265 import H265Checks
from ingest.rtsp.sdp import video_of
from shared.codecs.h264 import Nal, annex_b, nal_starts, nal_type, nal_units
from tests.support.parameter_pictures import GOP, picture_set, plain, sets_of, two_encoders, without_sets
from tests.support.pictures import coded_h265
from tests.unit.ingest.decoded import decoded

TWO_PPS = """v=0
o=- 0 0 IN IP4 127.0.0.1
s=x
c=IN IP4 0.0.0.0
t=0 0
a=control:*
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAFNoFB+wEQAAAAwBAAAAMg8UKqA==,aM48gA==,aFOPIA==
a=control:trackID=1
"""


def pps_numbers(data: bytes) -> list[bytes]:
    return [bytes(nal) for nal in nal_units(data) if nal_type(nal) == Nal.PPS]


def starts(data: bytes) -> tuple[int, ...]:
    return tuple(nal_starts(data))


def test_both_picture_sets_of_a_description_are_in_each_key_unit_and_all_decodes() -> None:
    first = plain()[0]
    checks = H264Checks(sets_of(first) + annex_b([picture_set(first, 1)]))
    bare = [without_sets(data) for data in plain()]
    units = [checks.check(data, starts(data)) for data in bare]
    assert [len(pps_numbers(unit.data)) for unit in units if unit.key] == [2, 2, 2]
    assert len(decoded(unit.data for unit in units)) == 3 * GOP


def test_the_two_sets_of_a_known_case_are_kept() -> None:
    video = video_of(TWO_PPS)
    assert video is not None
    checks = H264Checks(video.parameter_sets)
    # A key slice of each: of set 0, and of set 1.
    for slice_ in (b"\x65\x88\x84", b"\x65\xa9\x84"):
        unit = checks.check(annex_b([slice_]))
        assert unit.key
        assert len(pps_numbers(unit.data)) == 2


def test_sets_that_take_turns_and_were_told_once_reach_every_group() -> None:
    checks = H264Checks()
    pictures = [data if place < 2 * GOP else without_sets(data) for place, data in enumerate(two_encoders())]
    units = [checks.check(data, starts(data)) for data in pictures]
    for group in range(4):
        assert len(decoded(unit.data for unit in units[group * GOP :][:GOP])) == GOP
    assert len(decoded(unit.data for unit in units)) == 4 * GOP


def test_sets_told_in_the_middle_of_a_group_are_in_the_next_key_unit() -> None:
    checks = H264Checks()
    pictures = plain()
    late = picture_set(pictures[0], 5)
    pictures[2] = annex_b([late]) + pictures[2]
    units = [checks.check(data, starts(data)) for data in pictures]
    assert units[2].data == pictures[2]
    assert late in pps_numbers(units[GOP].data)


def test_sets_told_apart_from_any_picture_go_out_with_the_next_one() -> None:
    checks = H264Checks()
    late = picture_set(plain()[0], 5)
    checks.check(plain()[0])
    with pytest.raises(NotDecodable):
        checks.check(annex_b([late]))
    follows = checks.check(plain()[1], starts(plain()[1]))
    assert pps_numbers(follows.data) == [late]
    assert checks.check(plain()[2], starts(plain()[2])).data == plain()[2]


def test_a_key_picture_of_a_set_never_sent_is_refused_and_the_reason_told() -> None:
    checks = H264Checks(sets_of(two_encoders()[0]))
    # The reason is that of the key picture for those that wait for the next one, too.
    for data in two_encoders()[GOP : 2 * GOP]:
        with pytest.raises(NotDecodable, match=UNKNOWN_SETS):
            checks.check(without_sets(data))


def test_a_picture_of_a_set_never_sent_ends_the_group_on_the_fast_way_too() -> None:
    checks = H264Checks()
    checks.check(two_encoders()[0])
    stranger = two_encoders()[GOP + 1]
    with pytest.raises(NotDecodable, match=UNKNOWN_SETS):
        checks.check(stranger, starts(stranger))
    with pytest.raises(NotDecodable, match="key picture"):
        checks.check(two_encoders()[1], starts(two_encoders()[1]))
    assert checks.check(two_encoders()[0]).key


def test_one_unreadable_set_of_a_description_does_not_cost_the_others() -> None:
    first = plain()[0]
    checks = H264Checks(annex_b([b"\x67\x42\xc0"]) + sets_of(first))
    assert checks.check(without_sets(first)).key


def test_the_size_is_that_of_the_set_the_picture_uses() -> None:
    first, other = plain()[0], two_encoders()[GOP]
    checks = H264Checks(sets_of(other) + sets_of(first))
    checks.check(without_sets(first))
    assert checks.description is not None
    assert (checks.description.width, checks.description.height) == (320, 240)
    assert len(decoded([checks.check(without_sets(first)).data])) == 1


def test_an_h265_slice_of_a_set_never_sent_is_refused() -> None:
    checks = H265Checks()
    first, second = (one.data for one in coded_h265(2))
    assert checks.check(first).key
    slice_ = next(nal for nal in nal_units(second))
    # A slice that begins a picture, of set 5.
    stranger = annex_b([bytes(slice_[:2]) + b"\x98" + bytes(slice_[3:])])
    with pytest.raises(NotDecodable, match=UNKNOWN_SETS):
        checks.check(stranger, starts(stranger))
