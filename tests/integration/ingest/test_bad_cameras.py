"""Cameras that do wrong: each gets a clear state, and its neighbours do not notice."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise

import pytest

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener
from ingest.ports import CameraAddress, ForbiddenAddress
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coding, Encoding
from ingest.simulator.faults import Fault
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from shared.messages.ingest import CameraOpener, CameraStatus
from shared.units import AccessUnit, Codec
from tests.integration.ingest.conftest import Pulling, wanted
from tests.support.eventually import eventually
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

BAD = (Fault.GARBAGE, Fault.JUNK, Fault.GIANT_NAL, Fault.HALF_CLOSED)


@pytest.fixture
async def web_page() -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<h1>")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
    server.close()


async def _is(pulling: Pulling, status: CameraStatus, reason: str, within_s: float = 10) -> None:
    await eventually(
        lambda: pulling.report().status is status, within_s=within_s, what=f"{status}, not {pulling.report()}"
    )
    assert reason in pulling.report().reason


async def test_a_wrong_password_is_refused_with_one_login_only(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    camera = cameras.add(CameraPlan("camera", username="viewer", password="right"))
    pulling.pull(wanted(cameras.url("camera"), username="viewer", password="wrong"))
    await _is(pulling, CameraStatus.REFUSED, "refuses this user name and password")
    assert camera.counts.refused <= 2


async def test_a_missing_password_is_asked_for(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera", username="viewer", password="right"))
    pulling.pull(wanted(cameras.url("camera")))
    await _is(pulling, CameraStatus.REFUSED, "asks for a user name and a password")


async def test_a_closed_port_is_unreachable(pulling: Pulling) -> None:
    pulling.pull(wanted(f"rtsp://127.0.0.1:{free_port()}/x"))
    await _is(pulling, CameraStatus.UNREACHABLE, "nothing listens at 127.0.0.1:")


async def test_an_unknown_name_is_unreachable(pulling: Pulling) -> None:
    pulling.pull(wanted("rtsp://camera.invalid/x"))
    await _is(pulling, CameraStatus.UNREACHABLE, "camera.invalid is not known")


async def test_a_host_that_accepts_and_keeps_silent_is_unreachable(pulling: Pulling) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pulling.pull(wanted(f"rtsp://127.0.0.1:{silent.getsockname()[1]}/x"))
        await _is(pulling, CameraStatus.UNREACHABLE, "within 8 s", within_s=12)


async def test_a_camera_on_this_machine_is_never_contacted_unless_allowed(cameras: SimulatedCameras) -> None:
    camera = cameras.add(CameraPlan("camera"))
    opener = AvOpener(AddressRules(), SystemClock())
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1"):
        await opener.open(CameraAddress(cameras.url("camera")))
    assert camera.counts.logins == 0


async def test_a_web_page_is_invalid(pulling: Pulling, web_page: str) -> None:
    pulling.pull(wanted(web_page))
    await _is(pulling, CameraStatus.INVALID, "does not speak RTSP")


async def test_an_unknown_path_is_invalid(cameras: SimulatedCameras, pulling: Pulling) -> None:
    pulling.pull(wanted(cameras.url("nothing")))
    await _is(pulling, CameraStatus.INVALID, "no stream at this path")


@pytest.mark.parametrize(
    ("coding", "codec", "advice"),
    [
        (Coding(encoding=Encoding.H265), Codec.H265, "H.265"),
        (Coding(encoding=Encoding.H265, b_frames=2), Codec.H265, "B-frames"),
        (Coding(encoding=Encoding.MJPEG), Codec.MJPEG, "Motion JPEG"),
        (Coding(encoding=Encoding.MPEG4), Codec.MPEG4, "MPEG-4"),
        (Coding(b_frames=2), Codec.H264, "B-frames"),
    ],
)
@pytest.mark.parametrize("opener", CameraOpener)
async def test_what_is_costly_to_show_is_live_with_advice_on_the_setting_to_change(
    cameras: SimulatedCameras,
    pulling: Pulling,
    coding: Coding,
    codec: Codec,
    advice: str,
    opener: CameraOpener,
) -> None:
    cameras.add(CameraPlan("camera", live=False, coding=replace(coding, width=352, height=288, kbps=200)))
    pulling.pull(replace(wanted(cameras.url("camera")), opener=opener))
    await eventually(lambda: len(pulling.units) >= 30)
    assert [unit.seq for unit in pulling.units] == list(range(len(pulling.units)))
    assert {(unit.codec, unit.reordered) for unit in pulling.units} == {(codec, coding.b_frames > 0)}
    assert pulling.units[0].key
    # The last few may still be followed by pictures that are shown before them.
    shown = sorted(unit.pts90 for unit in pulling.units)[:-3]
    assert {after - before for before, after in pairwise(shown)} == {7200}
    report = pulling.report()
    assert (report.status, report.width, report.height) == (CameraStatus.LIVE, 352, 288)
    assert advice in report.advice


async def test_garbage_is_invalid(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera", fault=Fault.GARBAGE))
    pulling.pull(wanted(cameras.url("camera")))
    await _is(pulling, CameraStatus.INVALID, "nothing that can be decoded")
    assert pulling.units == []


async def test_a_stall_is_told_and_ends_with_a_new_run(cameras: SimulatedCameras, pulling: Pulling) -> None:
    camera = cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await eventually(lambda: len(pulling.units) > 5)
    camera.paused = True
    await _is(pulling, CameraStatus.STALLED, "has sent nothing for 2 s", within_s=8)
    # It is told before its session is ended: what comes back by then is the same run.
    await eventually(lambda: camera.counts.logins > 1, within_s=8, what="another session")
    camera.paused = False
    await _is(pulling, CameraStatus.LIVE, "")
    assert pulling.units[-1].run == pulling.units[0].run + 1


async def test_a_camera_that_restarts_comes_back_as_a_new_run(pulling: Pulling) -> None:
    port = free_port()
    async with SimulatedCameras(port=port) as before:
        before.add(CameraPlan("camera"))
        pulling.pull(wanted(before.url("camera")))
        await eventually(lambda: len(pulling.units) > 5)
    await eventually(lambda: pulling.report().status is CameraStatus.UNREACHABLE)
    async with SimulatedCameras(port=port) as after:
        after.add(CameraPlan("camera"))
        await eventually(lambda: pulling.units[-1].run > pulling.units[0].run)
    assert pulling.units[-1].run == pulling.units[0].run + 1


async def test_after_a_jump_of_hours_a_new_run_goes_on_without_a_hole(
    cameras: SimulatedCameras, pulling: Pulling
) -> None:
    camera = cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await eventually(lambda: len(pulling.units) > 5)
    camera.feed.jump(5 * 3600.0)
    first_run = pulling.units[0].run
    await eventually(lambda: sum(unit.run == first_run + 1 for unit in pulling.units) >= 30)
    after = [unit for unit in pulling.units if unit.run == first_run + 1]
    steps = {b.pts90 - a.pts90 for a, b in pairwise(after)}
    assert after[0].key
    assert steps == {7200}
    assert [unit.seq for unit in after] == list(range(len(after)))
    assert camera.counts.logins == 1


async def test_a_jump_back_is_a_new_run_too(cameras: SimulatedCameras, pulling: Pulling) -> None:
    camera = cameras.add(CameraPlan("camera"))
    pulling.pull(wanted(cameras.url("camera")))
    await eventually(lambda: len(pulling.units) > 5)
    camera.feed.jump(-3600.0)
    await eventually(lambda: pulling.units[-1].run == pulling.units[0].run + 1)


async def test_bad_neighbours_cost_a_good_camera_nothing(cameras: SimulatedCameras, pulling: Pulling) -> None:
    cameras.add(CameraPlan("camera"))
    bad = [CameraPlan(fault.value, live=False, fault=fault) for fault in BAD]
    for plan in bad:
        cameras.add(plan)
    pulling.pull(
        wanted(cameras.url("camera")),
        wanted("rtsp://127.0.0.1:1/x", "closed"),
        *(wanted(cameras.url(plan.name), plan.name) for plan in bad),
    )
    await eventually(lambda: len(_of(pulling, "camera")) >= 60)
    units = _of(pulling, "camera")
    assert [unit.seq for unit in units] == list(range(len(units)))
    assert pulling.statuses() == [CameraStatus.CONNECTING, CameraStatus.LIVE]


def _of(pulling: Pulling, camera: str) -> list[AccessUnit]:
    return [unit for unit in pulling.units if unit.stream.camera == camera]
