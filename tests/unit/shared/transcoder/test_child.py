"""When a transcoder takes itself for late."""

from dataclasses import replace

from shared.transcoder.child import is_late
from shared.units import AccessUnit, Codec
from tests.support.strange_pictures import strange_units

UNITS = strange_units(Codec.MJPEG, 6)


def test_is_late_with_three_newer_pictures_behind() -> None:
    assert not is_late(UNITS[0], UNITS[1:3])
    assert is_late(UNITS[0], UNITS[1:4])


def test_b_frames_that_came_with_the_picture_they_are_shown_before_make_nothing_late() -> None:
    burst: list[AccessUnit] = [UNITS[1], UNITS[2], UNITS[3], UNITS[4]]
    assert not is_late(UNITS[5], burst)


def test_the_pictures_of_another_run_count() -> None:
    again = strange_units(Codec.MJPEG, 6)
    assert is_late(UNITS[5], [replace(one, run=2) for one in again[:3]])
