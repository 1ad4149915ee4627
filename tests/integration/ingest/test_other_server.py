"""Real footage from an RTSP server the project did not write, where both are to be found."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener
from ingest.ports import CameraAddress, NotRtsp, Opener, Packet, Refused, SourceError
from ingest.rtsp.opener import RtspOpener
from shared.clock import SystemClock
from shared.messages.ingest import CameraTransport
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.ingest.decoded import decoded

pytestmark = pytest.mark.slow

SHARED = Path(__file__).parents[4] / "shared"
TOOL, FOOTAGE = SHARED / "tools" / "rtsp_cameras.py", SHARED / "media" / "street.mp4"
PYTHON = "/usr/bin/python3"


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[str]:
    """The address of the footage behind digest authentication, with an audio track beside it."""
    if not (TOOL.is_file() and FOOTAGE.is_file() and os.access(PYTHON, os.X_OK)):
        pytest.skip(f"{TOOL} with {FOOTAGE} is not here")
    port = free_port()
    arguments = [str(TOOL), str(port), f"street={FOOTAGE}", "--audio", "--auth", "viewer:letmein"]
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(PYTHON, *arguments, stdout=log, stderr=log)
    await eventually(
        lambda: process.returncode is not None or b"rtsp://" in (tmp_path / "log").read_bytes(), within_s=60
    )
    if process.returncode is not None:
        pytest.skip(f"{TOOL} does not run here: {(tmp_path / 'log').read_text()[-200:]}")
    yield f"rtsp://127.0.0.1:{port}/street"
    process.kill()
    await process.wait()


@pytest.fixture(params=["own", "own by udp", "av"])
def opener(request: pytest.FixtureRequest) -> Opener:
    rules, clock = AddressRules(allow_loopback=True), SystemClock()
    return AvOpener(rules, clock) if request.param == "av" else RtspOpener(rules, clock)


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> CameraTransport:
    return CameraTransport.UDP if "udp" in request.node.callspec.params["opener"] else CameraTransport.TCP


async def _open(
    opener: Opener, transport: CameraTransport, url: str, username: str = "", password: str = ""
) -> list[Packet]:
    camera = await opener.open(CameraAddress(url, username, password, transport=transport))
    taken = [await camera.next() for _ in range(12)]
    camera.close()
    return taken


async def test_real_footage_of_another_server_decodes_in_order(
    street: str, opener: Opener, transport: CameraTransport
) -> None:
    taken = await _open(opener, transport, street, "viewer", "letmein")
    times = [packet.pts90 for packet in taken if packet.pts90 is not None]
    assert times == sorted(set(times))
    assert len(times) == 12
    assert len(decoded(packet.data for packet in taken)) == 12


async def test_another_server_s_refusals_are_told_apart(
    street: str, opener: Opener, transport: CameraTransport
) -> None:
    outcomes: list[type[SourceError]] = []
    for url, password in ((street, "wrong"), (street, ""), (street + "-not", "letmein")):
        with pytest.raises(SourceError) as raised:
            await _open(opener, transport, url, "viewer" if password else "", password)
        outcomes.append(raised.type)
    assert outcomes == [Refused, Refused, NotRtsp]
