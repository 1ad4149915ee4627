"""The worker's cameras follow what is wanted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from ingest.fake_opener import FakeOpener, FakeSource
from ingest.fleet import Fleet
from ingest.meters import Meters
from ingest.ports import Pace
from ingest.runs import RunNumbers
from ingest.stream_hub import StreamHub
from shared import metrics
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.messages.ingest import CameraStatus, WantedCamera
from tests.unit.ingest.camera_packets import packets, source

GATE = WantedCamera("59350/gate/main", "Gate", "rtsp://192.0.2.7/gate", "viewer", "hunter2")
PLACE = WantedCamera("59350/place/main", "Place", "rtsp://192.0.2.8/place")
SUB = WantedCamera("59350/gate/sub", "Gate", "rtsp://192.0.2.7/small", on_demand=True)


class Rig:
    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock()
        self.opener = FakeOpener()
        self.hub = StreamHub()
        self.sources: list[FakeSource] = []
        self.changes = 0
        self.asked: set[StreamId] = set()
        self.paces: dict[StreamId, Pace] = {}
        self._sent = 0
        self.fleet = Fleet(
            "59350",
            opener=self.opener,
            hub=self.hub,
            runs=RunNumbers(folder / "r", self.clock),
            meters=Meters(),
            clock=self.clock,
            random=Random(1),
            changed=self._changed,
            asked=self.asked.__contains__,
            pace=lambda stream: self.paces.get(stream, Pace.LATER),
        )

    def _changed(self) -> None:
        self.changes += 1

    async def apply(self, *cameras: WantedCamera) -> None:
        for _ in cameras:
            camera = source()
            camera.send(*packets())
            self.sources.append(camera)
            self.opener.then(camera)
        self.fleet.apply(cameras)
        await self.clock.advance(0)

    async def plays(self, seconds: float) -> None:
        """Let time pass while the cameras go on sending."""
        while seconds > 0:
            self._sent += 1
            key = replace(packets(0, 1)[0], pts90=self._sent * 90_000)
            for camera in self.sources:
                camera.send(key)
            await self.clock.advance(min(1.0, seconds))
            seconds -= 1.0

    def states(self) -> dict[str, CameraStatus]:
        return {report.stream: report.status for report in self.fleet.reports()}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    await rig.fleet.close()


async def test_wanted_cameras_are_pulled(rig: Rig) -> None:
    await rig.apply(GATE, PLACE)
    assert rig.states() == {GATE.stream: CameraStatus.LIVE, PLACE.stream: CameraStatus.LIVE}


async def test_a_camera_no_longer_wanted_is_let_go_and_forgotten(rig: Rig) -> None:
    await rig.apply(GATE)
    assert rig.hub.recent(StreamId.parse(GATE.stream))
    await rig.apply()
    assert rig.sources[0].closed
    assert rig.states() == {}
    assert not rig.hub.recent(StreamId.parse(GATE.stream))
    assert 'stream="59350/gate/main"' not in metrics.render().decode()


async def test_a_stream_is_sought_while_it_is_wanted_and_does_not_come(rig: Rig) -> None:
    await rig.apply(GATE, SUB)
    gate, sub = (StreamId.parse(one.stream) for one in (GATE, SUB))
    assert not rig.fleet.is_sought(gate)
    assert not rig.fleet.is_sought(sub)
    assert not rig.fleet.is_sought(StreamId("59350", "unknown"))
    assert rig.fleet.addresses()[gate].url == GATE.address
    await rig.clock.advance(4)
    assert rig.fleet.is_sought(gate)
    assert not rig.fleet.is_sought(sub)


async def test_each_camera_is_read_as_who_reads_it_can_wait(rig: Rig) -> None:
    await rig.apply(GATE)
    rig.paces[StreamId.parse(GATE.stream)] = Pace.SOON
    rig.fleet.keep_pace(StreamId.parse(GATE.stream))
    rig.fleet.keep_pace(StreamId("59350", "unknown"))
    assert rig.sources[0].paces == [Pace.LATER, Pace.SOON]


async def test_adding_a_camera_leaves_the_others_alone(rig: Rig) -> None:
    await rig.apply(GATE)
    await rig.apply(GATE, PLACE)
    assert len(rig.opener.opened) == 2
    assert not rig.sources[0].closed


async def test_another_name_alone_does_not_reconnect(rig: Rig) -> None:
    await rig.apply(GATE)
    await rig.apply(replace(GATE, name="North gate"))
    assert len(rig.opener.opened) == 1


@pytest.mark.parametrize(
    "change", [{"address": "rtsp://192.0.2.9/gate"}, {"username": "other"}, {"password": "other"}]
)
async def test_another_address_or_credential_reconnects_that_camera_only(
    rig: Rig, change: dict[str, str]
) -> None:
    await rig.apply(GATE, PLACE)
    await rig.apply(
        WantedCamera(
            GATE.stream,
            GATE.name,
            change.get("address", GATE.address),
            change.get("username", GATE.username),
            change.get("password", GATE.password),
        ),
        PLACE,
    )
    assert [opened.url for opened in rig.opener.opened][:2] == [GATE.address, PLACE.address]
    assert len(rig.opener.opened) == 3
    assert [source.closed for source in rig.sources[:2]] == [True, False]


async def test_a_camera_of_another_commune_is_not_pulled(rig: Rig) -> None:
    await rig.apply(replace(GATE, stream="59512/gate/main"), replace(PLACE, stream="not a stream"))
    assert rig.opener.opened == []


async def test_a_changed_state_is_told(rig: Rig) -> None:
    await rig.apply(GATE)
    assert rig.changes >= 2


async def test_a_fault_of_the_worker_with_one_camera_leaves_the_others_running(rig: Rig) -> None:
    broken = source()
    rig.opener.then(broken)
    broken.send(replace(packets(0, 1)[0], data=None))  # type: ignore[arg-type]  # a fault no type allows
    rig.fleet.apply([GATE])
    await rig.clock.advance(0)
    assert rig.states() == {GATE.stream: CameraStatus.INVALID}
    await rig.apply(GATE, PLACE)
    await rig.plays(5)
    assert rig.states() == {GATE.stream: CameraStatus.LIVE, PLACE.stream: CameraStatus.LIVE}


async def test_closing_lets_all_cameras_go(rig: Rig) -> None:
    await rig.apply(GATE, PLACE)
    await rig.fleet.close()
    await asyncio.sleep(0)
    assert all(source.closed for source in rig.sources)


@pytest.fixture
async def resting(rig: Rig) -> AsyncIterator[Rig]:
    """A rig whose one stream is pulled on demand, and followed."""
    following = asyncio.create_task(rig.fleet.follow())
    await rig.apply(SUB)
    yield rig
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_stream_on_demand_rests_until_somebody_asks(resting: Rig) -> None:
    await resting.clock.advance(60)
    assert resting.opener.opened == []
    assert resting.states() == {SUB.stream: CameraStatus.IDLE}
    resting.asked.add(StreamId.parse(SUB.stream))
    await resting.clock.advance(0.5)
    assert resting.states() == {SUB.stream: CameraStatus.LIVE}


async def test_a_stream_on_demand_is_let_go_ten_seconds_after_the_last_reader(resting: Rig) -> None:
    stream = StreamId.parse(SUB.stream)
    resting.asked.add(stream)
    await resting.plays(1)
    resting.asked.discard(stream)
    await resting.plays(9.5)
    assert not resting.sources[0].closed
    await resting.plays(1)
    assert resting.sources[0].closed
    assert resting.states() == {SUB.stream: CameraStatus.IDLE}
    assert not resting.hub.recent(stream)


async def test_a_reader_that_comes_back_in_time_costs_no_login(resting: Rig) -> None:
    stream = StreamId.parse(SUB.stream)
    for _ in range(4):
        resting.asked.add(stream)
        await resting.plays(5)
        resting.asked.discard(stream)
        await resting.plays(5)
    assert len(resting.opener.opened) == 1


async def test_a_stream_is_pulled_all_the_time_once_it_is_no_longer_on_demand(resting: Rig) -> None:
    resting.fleet.apply([replace(SUB, on_demand=False)])
    await resting.plays(60)
    assert resting.states() == {SUB.stream: CameraStatus.LIVE}
    assert len(resting.opener.opened) == 1
