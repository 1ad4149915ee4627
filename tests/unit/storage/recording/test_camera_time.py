"""What a camera's pictures tell of the time."""

from dataclasses import replace

from shared.units import WallSource
from storage.recording.camera_time import CameraTime
from tests.unit.storage.workshop import units


def test_a_camera_s_own_clock_is_told_apart_from_its_worker_s() -> None:
    (unit,) = units(1)
    arrived = replace(unit, wall_source=WallSource.ARRIVAL, camera_ahead_ns=None)
    assert CameraTime.of(arrived) == CameraTime(unit.wall_ns, own=False)
    reported = replace(arrived, wall_source=WallSource.SENDER_REPORT)
    assert CameraTime.of(reported) == CameraTime(unit.wall_ns, own=True)
    assert CameraTime.of(replace(arrived, camera_ahead_ns=-5)) == CameraTime(unit.wall_ns - 5, own=True)
