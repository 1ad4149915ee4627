"""What every Opener promises; held by our own client, the one on `av` and the fake."""

from abc import ABC, abstractmethod

import pytest

from ingest.addresses import AddressRules
from ingest.fake_opener import FakeOpener
from ingest.ffmpeg.opener import AvOpener
from ingest.ports import CameraAddress, Ended, Opener, Refused, Source, SourceError
from ingest.rtsp.opener import RtspOpener
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock
from shared.codecs.h264 import Nal, nal_type, nal_units
from tests.support.eventually import eventually
from tests.support.ingest_core import chosen_core
from tests.support.told import said
from tests.unit.ingest.camera_packets import packets, source

pytestmark = pytest.mark.slow


class World(ABC):
    """An opener and cameras it can open."""

    opener: Opener

    @abstractmethod
    def good(self) -> CameraAddress:
        """A camera that plays."""

    @abstractmethod
    def refusing(self) -> CameraAddress:
        """A camera that wants other credentials."""

    @abstractmethod
    async def end(self) -> None:
        """Let all cameras end their streams."""


class FakeWorld(World):
    def __init__(self) -> None:
        self.opener = self._opener = FakeOpener()
        self._source = source()

    def good(self) -> CameraAddress:
        self._source.send(*packets())
        self._opener.then(self._source)
        return CameraAddress("rtsp://192.0.2.7/good")

    def refusing(self) -> CameraAddress:
        self._opener.then(Refused(said("no")))
        return CameraAddress("rtsp://192.0.2.7/refusing", "viewer", "hunter2")

    async def end(self) -> None:
        self._source.fail(Ended(said("over")))


class SimulatedWorld(World):
    def __init__(self, opener: Opener, cameras: SimulatedCameras) -> None:
        self.opener = opener
        self._cameras = cameras

    def good(self) -> CameraAddress:
        self._cameras.add(CameraPlan("good"))
        return CameraAddress(self._cameras.url("good"))

    def refusing(self) -> CameraAddress:
        self._cameras.add(CameraPlan("refusing", username="viewer", password="right"))
        return CameraAddress(self._cameras.url("refusing"), "viewer", "hunter2")

    async def end(self) -> None:
        await self._cameras.close()


def _real(name: str) -> Opener:
    rules, clock = AddressRules(allow_loopback=True), SystemClock()
    return AvOpener(rules, clock) if name == "av" else RtspOpener(rules, clock, core=chosen_core())


@pytest.fixture(params=["fake", "av", "own"])
async def world(request: pytest.FixtureRequest, cameras: SimulatedCameras) -> World:
    return FakeWorld() if request.param == "fake" else SimulatedWorld(_real(request.param), cameras)


async def test_an_open_camera_says_its_codec_and_size(world: World) -> None:
    camera = await world.opener.open(world.good())
    assert camera.info.codec == "h264"
    assert camera.info.width > 0
    camera.close()


async def test_packets_come_in_order_from_a_key_picture_on(world: World) -> None:
    camera = await world.opener.open(world.good())
    taken = [await camera.next() for _ in range(8)]
    times = [packet.pts90 for packet in taken if packet.pts90 is not None]
    assert len(times) == 8
    assert times == sorted(set(times))
    assert Nal.IDR in {nal_type(nal) for nal in nal_units(taken[0].data)}
    assert taken[0].key
    camera.close()


async def test_arrival_never_goes_back(world: World) -> None:
    camera = await world.opener.open(world.good())
    arrivals = [(await camera.next()).arrival_ns for _ in range(8)]
    assert arrivals == sorted(arrivals)
    camera.close()


async def test_a_camera_that_ends_says_so_each_time_it_is_asked(world: World) -> None:
    camera = await world.opener.open(world.good())
    await camera.next()
    await world.end()
    with pytest.raises(Ended):
        await _all(camera)
    with pytest.raises(Ended):
        await camera.next()


async def test_wrong_credentials_are_refused_without_being_repeated(world: World) -> None:
    with pytest.raises(Refused) as raised:
        await world.opener.open(world.refusing())
    assert "hunter2" not in "".join(_texts(raised.value))


async def test_closing_twice_is_no_error(world: World) -> None:
    camera = await world.opener.open(world.good())
    camera.close()
    camera.close()


@pytest.mark.parametrize("opener", ["av", "own"])
async def test_a_closed_camera_is_let_go(cameras: SimulatedCameras, opener: str) -> None:
    world = SimulatedWorld(_real(opener), cameras)
    camera = await world.opener.open(world.good())
    camera.close()
    simulated = cameras.get("good")
    assert simulated is not None
    await eventually(lambda: simulated.counts.sessions == 0, within_s=2)


async def _all(camera: Source) -> None:
    while True:
        await camera.next()


def _texts(error: BaseException | None) -> list[str]:
    """All that a traceback could show of an error and what led to it."""
    texts: list[str] = []
    while error is not None:
        texts += [str(error), repr(error), repr(error.__dict__)]
        assert isinstance(error, SourceError), "a foreign error is chained, with what it knows"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return texts
