"""Cameras that refresh bit by bit: decoding begins at a recovery point where no key picture comes."""

import pytest

from ingest.checks.common import Checked, NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.checks.nal import KEYS_LATE
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.simulator.rtp import h264_payloads
from shared.codecs.h264 import Nal, annex_b, nal_starts, nal_type, nal_units
from tests.support.parameter_pictures import CODING, GOP, coded, refreshed, without_sets
from tests.unit.ingest.decoded import decoded


def passed(checks: H264Checks, pictures: list[bytes]) -> list[Checked]:
    units = []
    for data in pictures:
        try:
            units.append(checks.check(data, tuple(nal_starts(data))))
        except NotDecodable:
            continue
    return units


def without_points(data: bytes) -> bytes:
    return annex_b([bytes(nal) for nal in nal_units(data) if nal_type(nal) != Nal.SEI])


def test_a_stream_joined_in_the_middle_begins_at_a_recovery_point_and_says_it_is_incomplete() -> None:
    checks = H264Checks()
    units = passed(checks, refreshed()[2:])
    assert len(units) == 5 * GOP
    assert units[0].key
    assert units[0].recovery == GOP - 1
    assert "incomplete" in checks.advice


def test_what_follows_is_whole_once_the_recovery_is_over() -> None:
    joined = passed(H264Checks(), refreshed()[2:])
    whole = decoded(refreshed())
    late = decoded(unit.data for unit in joined)
    assert len(late) >= 4 * GOP
    assert (late[-1] == whole[-1]).all()


def test_sets_told_once_are_in_front_of_the_recovery_point_that_is_joined_at() -> None:
    pictures = [refreshed()[0], *map(without_sets, refreshed()[1:])]
    checks = H264Checks()
    passed(checks, pictures[:3])
    checks.lose_sync()
    units = passed(checks, pictures[4:])
    assert units[0].key
    assert len(decoded(unit.data for unit in units)) > 3 * GOP


def test_a_key_picture_is_whole_and_no_recovery_point_beside_it_counts() -> None:
    units = passed(H264Checks(), refreshed())
    assert [(unit.key, unit.recovery) for unit in units] == [(True, 0)] + [(False, 0)] * (6 * GOP - 1)


def test_where_no_key_picture_comes_for_long_recovery_points_take_their_place() -> None:
    checks = H264Checks()
    first, rest = refreshed()[0], refreshed()[GOP : 3 * GOP]
    units = passed(checks, [first, *(rest * (KEYS_LATE // len(rest) + 2))])
    keys = [place for place, unit in enumerate(units) if unit.key]
    assert keys[0] == 0
    assert KEYS_LATE < keys[1] <= KEYS_LATE + GOP + 1
    assert keys[2] == keys[1] + GOP
    assert all(units[place].recovery == GOP - 1 for place in keys[1:])


def test_after_a_loss_a_camera_that_sends_key_pictures_is_joined_at_the_next_one() -> None:
    whole = [one.data for one in coded(CODING)]
    checks = H264Checks()
    passed(checks, whole)
    checks.lose_sync()
    with pytest.raises(NotDecodable, match="key picture"):
        checks.check(refreshed()[GOP])
    assert checks.check(whole[0]).key


def test_refresh_without_recovery_points_waits_for_a_key_picture() -> None:
    checks = H264Checks()
    pictures = [without_points(data) for data in refreshed()]
    passed(checks, pictures[:3])
    checks.lose_sync()
    with pytest.raises(NotDecodable, match="waiting for a key picture"):
        checks.check(pictures[GOP])


def test_a_picture_at_a_recovery_point_survives_the_queue_behind_a_loss() -> None:
    depacketiser = H264Depacketiser()
    for data, key in ((refreshed()[GOP], True), (refreshed()[GOP + 1], False)):
        for payload in h264_payloads(data):
            depacketiser.add(memoryview(payload), 0, len(payload))
        assert depacketiser.key is key
        depacketiser.take()
