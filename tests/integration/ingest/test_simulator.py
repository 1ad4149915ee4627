"""The simulated camera as a process, and as RTSP clients see it."""

import asyncio
import sys

import pytest

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener
from ingest.ports import CameraAddress
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.ports import free_port

pytestmark = pytest.mark.slow


async def _simulator(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ingest.simulator",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_command_names_each_camera_plays_it_and_ends_on_sigterm() -> None:
    process = await _simulator("--port", str(port := free_port()), "gate", "load*2:loop")
    assert process.stdout is not None
    names = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
    assert names == [f"rtsp://127.0.0.1:{port}/{name}" for name in ("gate", "load-0", "load-1")]
    opener = AvOpener(AddressRules(allow_loopback=True), SystemClock())
    for url in names:
        camera = await opener.open(CameraAddress(url))
        assert (await camera.next()).key
        camera.close()
    process.terminate()
    _, error = await asyncio.wait_for(process.communicate(), 5)
    assert (process.returncode, error) == (0, b"")


async def test_a_taken_port_is_one_clear_sentence(cameras: SimulatedCameras) -> None:
    process = await _simulator("--port", str(cameras.port), "gate")
    _, error = await process.communicate()
    assert process.returncode == 2
    assert error.decode() == f"cannot listen on 127.0.0.1:{cameras.port}: Address already in use\n"


async def test_a_camera_rests_while_nobody_watches(cameras: SimulatedCameras) -> None:
    camera = cameras.add(CameraPlan("gate"))
    opener = AvOpener(AddressRules(allow_loopback=True), SystemClock())
    source = await opener.open(CameraAddress(cameras.url("gate")))
    await source.next()
    source.close()
    await eventually(lambda: camera.counts.sessions == 0)
    assert not camera.feed.playing


async def _ask(cameras: SimulatedCameras, request: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", cameras.port)
    try:
        writer.write(request.replace("\n", "\r\n").encode())
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("OPTIONS rtsp://c/gate RTSP/1.0\nCSeq: 1\n\n", 200),
        ("DESCRIBE rtsp://c/none RTSP/1.0\nCSeq: 1\n\n", 404),
        ("SETUP rtsp://c/gate/video RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;multicast\n\n", 461),
        ("PLAY rtsp://c/gate RTSP/1.0\nCSeq: 1\n\n", 455),
        ("RECORD rtsp://c/gate RTSP/1.0\nCSeq: 1\n\n", 405),
    ],
)
async def test_requests_are_answered_as_the_rfc_says(
    cameras: SimulatedCameras, request_text: str, status: int
) -> None:
    cameras.add(CameraPlan("gate"))
    assert (await _ask(cameras, request_text)).startswith(f"RTSP/1.0 {status} ")


async def test_a_web_browser_is_hung_up_on(cameras: SimulatedCameras) -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        await _ask(cameras, "GET / HTTP/1.1\nHost: c\n\n")
