"""What a camera's pictures tell of the time."""

from dataclasses import replace

from shared.units import UtcSource
from storage.recording.camera_time import CameraTime
from tests.unit.storage.workshop import units


def test_a_camera_s_own_clock_is_told_apart_from_its_worker_s() -> None:
    (unit,) = units(1)
    arrived = replace(unit, utc_source=UtcSource.ARRIVAL, camera_ahead_ns=None)
    assert CameraTime.of(arrived) == CameraTime(unit.utc_ns, own=False)
    reported = replace(arrived, utc_source=UtcSource.SENDER_REPORT)
    assert CameraTime.of(reported) == CameraTime(unit.utc_ns, own=True)
    assert CameraTime.of(replace(arrived, camera_ahead_ns=-5)) == CameraTime(unit.utc_ns - 5, own=True)
