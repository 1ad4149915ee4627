"""FFmpeg's client goes where the rules let it, keeps the password at home, and waits as long as our own."""

import asyncio
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.addresses import AddressRules
from ingest.ffmpeg.opener import AvOpener, AvSource
from ingest.ports import CameraAddress, ForbiddenAddress, NotRtsp, Packet, Refused, SourceError, Stalled
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.faults import Fault
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from shared.messages.ingest import CameraOpener, CameraStatus
from shared.places import HostPort
from tests.integration.ingest.scripted import Answer, Scripted, scripted
from tests.integration.ingest.zoo import plan, zoo
from tests.support.eventually import eventually
from tests.support.told import said

pytestmark = pytest.mark.slow

CHALLENGE = '401 No\r\nWWW-Authenticate: Digest realm="r", nonce="1"\r\n'
SDP = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n"
)
DESCRIBED = f"200 OK\r\nContent-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}"
SET_UP = "200 OK\r\nSession: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"


def _opener(rules: AddressRules | None = None) -> AvOpener:
    return AvOpener(rules or AddressRules(allow_loopback=True), SystemClock())


def _port(camera: Scripted) -> int:
    return int(camera.url.rpartition(":")[2].partition("/")[0])


def _redirecting(method: str, after: int, where: str, status: int = 302) -> Answer:
    """A camera that answers well, and with a redirect to the `after`th request of a method."""
    seen: list[str] = []

    def answer(asked: str, request: str) -> str:
        seen.append(asked)
        if asked == method and seen.count(method) > after:
            return f"{status} Moved\r\nLocation: {where}\r\n"
        if asked == method == "DESCRIBE":
            return CHALLENGE
        return {"DESCRIBE": DESCRIBED, "SETUP": SET_UP}.get(asked, "200 OK\r\nSession: 1\r\n")

    return answer


@pytest.mark.parametrize("status", [301, 302, 305, 399])
@pytest.mark.parametrize(
    ("method", "after"), [("OPTIONS", 0), ("DESCRIBE", 0), ("DESCRIBE", 1), ("SETUP", 0), ("PLAY", 0)]
)
async def test_no_answer_of_a_camera_leads_ffmpeg_to_one_of_our_services(
    method: str, after: int, status: int
) -> None:
    async with scripted(lambda *_: "200 OK\r\n") as service:
        own = AddressRules([HostPort("127.0.0.1", _port(service))], allow_loopback=True)
        async with scripted(_redirecting(method, after, service.url, status)) as camera:
            with pytest.raises((ForbiddenAddress, NotRtsp)) as raised:
                await _opener(own).open(CameraAddress(camera.url, "viewer", "hunter2"))
            assert "hunter2" not in str(raised.value)
            asked = [request.split()[0] for request in camera.requests]
            assert asked.count(method) == after + 1
        assert service.connections == 0


async def test_what_a_name_stands_for_is_asked_and_checked_at_each_connection(
    cameras: SimulatedCameras,
) -> None:
    said = ["127.0.0.1", "127.0.0.1", "169.254.169.254"]

    async def resolve(host: str, port: int) -> list[str]:
        return [said.pop(0)]

    camera = cameras.add(CameraPlan("camera"))
    opener = _opener(AddressRules(allow_loopback=True, resolve=resolve))
    address = CameraAddress(f"rtsp://camera.example:{cameras.port}/camera")
    for logins in (1, 2):
        source = await opener.open(address)
        assert (await source.next()).key
        source.close()
        assert (camera.counts.logins, len(said)) == (logins, 3 - logins)
    with pytest.raises(ForbiddenAddress):
        await opener.open(address)


async def test_a_redirect_to_a_name_of_ours_is_refused(cameras: SimulatedCameras) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with scripted(lambda *_: "200 OK\r\n") as service:
        target = f"rtsp://control.example:{_port(service)}/"
        cameras.add(CameraPlan("camera", fault=Fault.REDIRECT, target=target))
        own = AddressRules([HostPort("127.0.0.1", _port(service))], allow_loopback=True, resolve=resolve)
        with pytest.raises(ForbiddenAddress):
            await _opener(own).open(CameraAddress(cameras.url("camera")))
        assert service.connections == 0


async def test_a_camera_is_found_where_it_is_said_to_be(cameras: SimulatedCameras) -> None:
    cameras.add(CameraPlan("there"))
    cameras.add(CameraPlan("camera", fault=Fault.REDIRECT, target=cameras.url("there")))
    source = await _opener().open(CameraAddress(cameras.url("camera")))
    assert (await source.next()).key
    source.close()


async def test_the_password_does_not_follow_to_another_host(cameras: SimulatedCameras) -> None:
    async with scripted(lambda *_: CHALLENGE, "127.0.0.2") as other:
        cameras.add(
            CameraPlan(
                "camera", username="viewer", password="hunter2", fault=Fault.REDIRECT, target=other.url
            )
        )
        with pytest.raises(Refused, match="first address only"):
            await _opener().open(CameraAddress(cameras.url("camera"), "viewer", "hunter2"))
        assert other.requests
        assert not any("Authorization" in request for request in other.requests)


async def test_the_camera_is_asked_by_its_own_address(cameras: SimulatedCameras) -> None:
    async with scripted(_redirecting("PLAY", 9, "")) as camera:
        source = await _opener().open(CameraAddress(f"{camera.url}/y?channel=1"))
        source.close()
    named = [request.split()[1] for request in camera.requests]
    assert named
    assert all(uri.startswith(f"{camera.url}/y?channel=1") for uri in named)
    assert [request.split()[0] for request in camera.requests] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


async def test_a_slow_camera_never_stalls(tmp_path: Path) -> None:
    async with zoo(tmp_path, 10.0) as world:
        camera = world.add(plan(Fault.SLOW, after_s=0.7))
        world.pull(opener=CameraOpener.AV)
        seen = set()
        for count in range(1, 5):
            await world.units_come(count)
            seen.add(world.report.status)
        assert (seen, camera.counts.logins) == ({CameraStatus.LIVE}, 1)
    for before, after in pairwise(world.units):
        # FFmpeg gives a picture when the next one comes: its time is that of its own arrival all the same.
        assert (after.utc_ns - before.utc_ns) / 1e9 == pytest.approx(
            (after.pts90 - before.pts90) / 90_000, abs=0.3
        )


async def test_a_slow_camera_s_session_is_kept_between_its_pictures(tmp_path: Path) -> None:
    async with zoo(tmp_path, 10.0) as world:
        camera = world.add(plan(Fault.SHORT_SESSION, session_s=20.0, hurry=10.0))
        world.pull(opener=CameraOpener.AV)
        await world.units_come(10)
        camera.paused = True
        await eventually(lambda: camera.counts.verbs.get("GET_PARAMETER", 0) >= 1, what="a word")
        camera.paused = False
        before = len(world.units)
        await eventually(lambda: len(world.units) > before)
        assert camera.counts.timed_out == 0


async def test_a_camera_that_falls_silent_is_told_in_five_seconds_and_let_go(tmp_path: Path) -> None:
    async with zoo(tmp_path, 5.0) as world:
        camera = world.add(plan(Fault.NONE))
        world.pull(opener=CameraOpener.AV)
        await world.units_come(10)
        camera.paused = True
        await eventually(lambda: world.report.status is CameraStatus.STALLED, within_s=2)
        await eventually(lambda: camera.counts.logins >= 2, within_s=5, what="another session")


@pytest.mark.parametrize("ends", ["close", "fail"])
async def test_a_silent_camera_s_thread_ends_at_once(cameras: SimulatedCameras, ends: str) -> None:
    camera = cameras.add(CameraPlan("camera"))
    source = await _opener().open(CameraAddress(cameras.url("camera")))
    await source.next()
    camera.paused = True
    assert _threads(cameras)
    if ends == "close":
        source.close()
    else:
        source.fail(NotRtsp(said("enough")))
    await eventually(lambda: not _threads(cameras), within_s=2, what="the end of the thread")
    await eventually(lambda: camera.counts.sessions == 0, within_s=2)


async def test_a_camera_that_is_given_up_loses_no_picture_that_came(cameras: SimulatedCameras) -> None:
    camera = cameras.add(CameraPlan("camera"))
    source = await _opener().open(CameraAddress(cameras.url("camera")))
    taken = [await source.next() for _ in range(4)]
    camera.paused = True
    source.fail(Stalled(said("it fell silent")))
    with pytest.raises(Stalled):
        await _all(source, taken)
    assert len(taken) == source.counts.packets + 2


async def test_an_opening_that_is_given_up_leaves_nothing_behind(cameras: SimulatedCameras) -> None:
    cameras.add(CameraPlan("camera", fault=Fault.SLOW_DESCRIBE, after_s=60))
    opening = asyncio.ensure_future(_opener().open(CameraAddress(cameras.url("camera"))))
    await eventually(lambda: _threads(cameras))
    opening.cancel()
    await eventually(lambda: not _threads(cameras), within_s=2, what="the end of the thread")


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Refused), (404, NotRtsp), (500, NotRtsp), (461, SourceError)]
)
async def test_errors_of_a_camera_are_sentences(status: int, kind: type[SourceError]) -> None:
    def answer(method: str, _: str) -> str:
        return f"{status} No\r\n" if method == "DESCRIBE" else "200 OK\r\n"

    async with scripted(answer) as camera:
        with pytest.raises(kind):
            await _opener().open(CameraAddress(camera.url))


@pytest.mark.parametrize("behind", ["", "x: y\r\n"])
async def test_a_redirect_hidden_behind_a_short_description_leads_nowhere(behind: str) -> None:
    async with scripted(lambda *_: "200 OK\r\n") as service:
        hidden = f"RTSP/1.0 302 Moved\r\nCSeq: 3\r\nLocation: {service.url}\r\n\r\n"
        described = f"{DESCRIBED}{behind}{hidden}"
        own = AddressRules([HostPort("127.0.0.1", _port(service))], allow_loopback=True)
        async with scripted(lambda method, _: described if method == "DESCRIBE" else "200 OK\r\n") as camera:
            with pytest.raises(SourceError):
                await _opener(own).open(CameraAddress(camera.url))
        assert service.connections == 0


async def _all(source: AvSource, taken: list[Packet]) -> None:
    while True:
        taken.append(await source.next())


def _threads(cameras: SimulatedCameras) -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name == f"rtsp 127.0.0.1:{cameras.port}"]
