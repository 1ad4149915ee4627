"""What our own RTSP client keeps to itself, and how it finds the way."""

import pytest

from ingest.addresses import AddressRules
from ingest.ports import CameraAddress, Ended, ForbiddenAddress, NotRtsp, Pace, Refused, SourceError
from ingest.rtsp.opener import RtspOpener
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.faults import Fault
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from shared.messages.ingest import CameraTransport
from shared.units import UtcSource
from tests.integration.ingest.scripted import scripted
from tests.support.ingest_core import chosen_core

DIGEST = 'WWW-Authenticate: Digest realm="r", nonce="{}"\r\n'
BASIC = 'WWW-Authenticate: Basic realm="r"\r\n'


def _opener(rules: AddressRules | None = None) -> RtspOpener:
    return RtspOpener(rules or AddressRules(allow_loopback=True), SystemClock(), core=chosen_core())


async def _refusal(url: str, *, opener: RtspOpener | None = None) -> SourceError:
    with pytest.raises(SourceError) as raised:
        await (opener or _opener()).open(CameraAddress(url, "viewer", "hunter2"))
    assert "hunter2" not in str(raised.value)
    return raised.value


async def test_the_password_does_not_follow_to_another_host(cameras: SimulatedCameras) -> None:
    async with SimulatedCameras(host="127.0.0.2") as others:
        other = others.add(CameraPlan("other", username="viewer", password="hunter2"))
        cameras.add(CameraPlan("camera", fault=Fault.REDIRECT, target=others.url("other")))
        error = await _refusal(cameras.url("camera"))
    assert isinstance(error, Refused)
    assert "first address only" in error.detail
    assert (other.counts.refused, other.counts.logins) == (0, 0)


async def test_a_camera_is_found_where_it_is_said_to_be(cameras: SimulatedCameras) -> None:
    cameras.add(CameraPlan("there"))
    cameras.add(CameraPlan("camera", fault=Fault.REDIRECT, target=cameras.url("there")))
    source = await _opener().open(CameraAddress(cameras.url("camera")))
    assert (await source.next()).key
    source.close()


async def test_nobody_is_sent_to_a_forbidden_address() -> None:
    async with scripted(lambda *_: "302 Moved\r\nLocation: rtsp://169.254.169.254/latest\r\n") as camera:
        assert isinstance(await _refusal(camera.url), ForbiddenAddress)


async def test_a_circle_of_addresses_ends() -> None:
    where: list[str] = []
    async with scripted(
        lambda method, _: "200 OK\r\n" if method == "OPTIONS" else f"302 Moved\r\nLocation: {where[0]}\r\n"
    ) as camera:
        where.append(camera.url)
        assert isinstance(await _refusal(camera.url), NotRtsp)
    assert sum(request.startswith("DESCRIBE") for request in camera.requests) == 4


async def test_the_password_is_never_sent_in_clear_where_digest_is_offered() -> None:
    async with scripted(lambda *_: "401 No\r\n" + BASIC + DIGEST.format("1")) as camera:
        assert isinstance(await _refusal(camera.url), Refused)
    assert [request.count("Authorization: Digest") for request in camera.requests] == [0, 1]
    assert not any("Authorization: Basic" in request for request in camera.requests)


async def test_a_camera_that_forgets_digest_is_not_given_the_password() -> None:
    def forgetful(method: str, request: str) -> str:
        if method == "OPTIONS" and "Authorization" in request:
            return "200 OK\r\n"
        return "401 No\r\n" + (BASIC if "Authorization" in request else DIGEST.format("1"))

    async with scripted(forgetful) as camera:
        error = await _refusal(camera.url)
    assert "weaker" in error.detail
    assert not any("Authorization: Basic" in request for request in camera.requests)


async def test_a_wrong_password_is_tried_once_even_when_each_answer_has_a_new_nonce() -> None:
    nonces = iter(range(100))
    async with scripted(lambda *_: "401 No\r\n" + DIGEST.format(next(nonces))) as camera:
        assert isinstance(await _refusal(camera.url), Refused)
    assert len(camera.requests) == 2


async def test_what_was_checked_is_what_is_connected_to(cameras: SimulatedCameras) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    cameras.add(CameraPlan("camera"))
    opener = _opener(AddressRules(allow_loopback=True, resolve=resolve))
    source = await opener.open(CameraAddress(f"rtsp://camera.example:{cameras.port}/camera"))
    assert (await source.next()).key
    assert asked == ["camera.example"]
    source.close()


@pytest.mark.parametrize("transport", list(CameraTransport))
async def test_pictures_have_the_camera_s_own_time(
    cameras: SimulatedCameras, transport: CameraTransport
) -> None:
    cameras.add(CameraPlan("camera"))
    source = await _opener().open(CameraAddress(cameras.url("camera"), transport=transport))
    taken = [await source.next() for _ in range(4)]
    source.close()
    last = taken[-1]
    assert last.utc_source is UtcSource.SENDER_REPORT
    assert last.utc_ns is not None
    assert abs(last.arrival_ns - last.utc_ns) <= last.utc_uncertainty_ns


async def test_a_camera_nobody_watches_is_read_late_and_at_once_again_for_who_watches() -> None:
    async with SimulatedCameras() as server:
        server.add(CameraPlan("camera"))
        source = await _opener().open(CameraAddress(server.url("camera")))

        async def delays(count: int) -> list[float]:
            """How long ago the next pictures came, as they are given."""
            return [(SystemClock().utc_ns() - (await source.next()).arrival_ns) / 1e9 for _ in range(count)]

        await delays(2)
        source.keep(Pace.LATER)
        calm = await delays(24)
        assert max(calm) > 0.2
        source.keep(Pace.AT_ONCE)
        await delays(len(source.waiting) + 1)
        watched = await delays(8)
        assert source.late_ns == 0
        assert sorted(watched)[4] < 0.05
        source.keep(Pace.LATER)
        assert max(await delays(24)) > 0.2
    with pytest.raises(Ended):
        await delays(1000)
