"""The simulated camera through FFmpeg into units."""

from dataclasses import replace
from fractions import Fraction

import pytest

from ingest.simulator.cameras import CameraPlan
from ingest.simulator.clock_strip import read_clock
from ingest.simulator.encoder import Coding
from ingest.simulator.server import SimulatedCameras
from shared.codecs.h264 import parameter_sets
from shared.messages.ingest import CameraStatus
from tests.integration.ingest.conftest import Pulling, wanted
from tests.support.eventually import eventually
from tests.unit.ingest.decoded import decoded

pytestmark = pytest.mark.slow


async def _units(pulling: Pulling, count: int) -> None:
    await eventually(lambda: len(pulling.units) >= count, what=f"{count} units")


async def test_a_camera_becomes_units_that_decode(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await _units(pulling, 15)
    assert [unit.seq for unit in pulling.units] == list(range(len(pulling.units)))
    assert [image.shape for image in decoded(unit.data for unit in pulling.units[:15])] == [(576, 704)] * 15


async def test_times_of_units_are_those_of_the_pictures(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await _units(pulling, 15)
    units = pulling.units[:15]
    clocks_ms = [read_clock(image) for image in decoded(unit.data for unit in units)]
    assert None not in clocks_ms
    first_ms = clocks_ms[0] or 0
    for unit, clock_ms in zip(units, clocks_ms, strict=True):
        media_ms = (unit.pts90 - units[0].pts90) / 90
        assert abs(media_ms - ((clock_ms or 0) - first_ms)) <= 1


async def test_the_utc_of_a_unit_is_within_a_picture_of_the_burnt_in_clock(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await _units(pulling, 15)
    # The first unit's arrival is not known better than a picture's duration: FFmpeg opened meanwhile.
    units = pulling.units[2:15]
    clocks_ms = [read_clock(image) for image in decoded(unit.data for unit in pulling.units[:15])][2:]
    delays_ms = sorted(
        unit.utc_ns / 1e6 - (clock_ms or 0) for unit, clock_ms in zip(units, clocks_ms, strict=True)
    )
    assert 0 <= delays_ms[len(delays_ms) // 2] < 80


async def test_a_live_camera_is_seen_within_a_second(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera", coding=Coding(gop_s=10.0)))
    pulling.pull(wanted(cameras.url("camera")))
    await eventually(lambda: pulling.units, within_s=1.0, what="a first unit")
    assert pulling.report().status is CameraStatus.LIVE


async def test_the_report_tells_size_codec_and_measured_rate(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    cameras.add(CameraPlan("camera", coding=Coding(fps=Fraction(25), gop_s=1.0, width=320, height=240)))
    pulling.pull(wanted(cameras.url("camera")))
    await eventually(lambda: pulling.report().fps > 0)
    report = pulling.report()
    assert (report.width, report.height) == (320, 240)
    assert report.codec.startswith("avc1.42")
    assert report.fps == pytest.approx(25, rel=0.1)


async def test_audio_is_never_set_up(cameras: SimulatedCameras, pulling: Pulling) -> None:
    camera = cameras.add(CameraPlan("camera", audio=True))
    pulling.pull(wanted(cameras.url("camera")))
    await _units(pulling, 5)
    assert camera.counts.logins == 1
    assert camera.counts.audio_setups == 0


async def test_a_camera_that_tells_its_parameter_sets_only_in_sdp_decodes(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    cameras.add(CameraPlan("camera", in_band=False))
    pulling.pull(wanted(cameras.url("camera")))
    await _units(pulling, 5)
    assert None not in parameter_sets(pulling.units[0].data)
    assert len(decoded(unit.data for unit in pulling.units[:5])) == 5


@pytest.mark.parametrize("password", ["letmein", "p@ss:w/é %#?&'\""])
async def test_a_camera_with_a_password_is_pulled(
    cameras: SimulatedCameras, pulling: Pulling, password: str
) -> None:
    cameras.add(CameraPlan("camera", username="viewer@site", password=password))
    pulling.pull(wanted(cameras.url("camera"), username="viewer@site", password=password))
    await _units(pulling, 3)


async def test_many_cameras_of_one_loop_each_become_a_stream(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    plan = CameraPlan("", live=False, coding=Coding(width=320, height=240, gop_s=1.0, kbps=200))
    names = [f"loop-{number}" for number in range(10)]
    for name in names:
        cameras.add(replace(plan, name=name))
    pulling.pull(*(wanted(cameras.url(name), name) for name in names))
    await eventually(lambda: all(pulling.report(name).status is CameraStatus.LIVE for name in names))
