"""A small stream over a real tap: pulled once somebody subscribes, at rest before."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from ingest.addresses import AddressRules
from ingest.fleet import Fleet
from ingest.meters import Meters
from ingest.rtsp.opener import RtspOpener
from ingest.runs import RunNumbers
from ingest.simulator.faults import Fault
from ingest.simulator.server import SimulatedCameras
from ingest.stream_hub import StreamHub
from shared.clock import SystemClock
from shared.ids import StreamId
from shared.messages.ingest import CameraStatus, WantedCamera
from shared.tap import Endpoint, Gap, TapPublisher, TapSubscriber
from shared.units import AccessUnit
from tests.integration.ingest.zoo import plan
from tests.support.eventually import eventually
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

STREAM = StreamId.parse("59350/camera/sub")


@pytest.fixture
async def reader() -> AsyncIterator[tuple[TapSubscriber, str]]:
    endpoint = f"tcp://127.0.0.1:{free_port()}"
    subscriber = TapSubscriber([Endpoint.parse(f"bind:{endpoint}")], None, SystemClock())
    await subscriber.start()
    yield subscriber, f"connect:{endpoint}"
    await subscriber.close()


async def test_a_subscription_starts_the_camera_within_half_a_second(
    cameras: SimulatedCameras, reader: tuple[TapSubscriber, str], tmp_path: Path
) -> None:
    clock, hub = SystemClock(), StreamHub()
    tap = TapPublisher([Endpoint.parse(reader[1])], None, hub.recent)
    hub.connect(tap.publish)
    await tap.start()
    fleet = Fleet(
        "59350",
        opener=RtspOpener(AddressRules(allow_loopback=True), clock),
        hub=hub,
        runs=RunNumbers(tmp_path / "last-run", clock),
        meters=Meters(),
        clock=clock,
        random=Random(1),
        changed=lambda: None,
        asked=tap.wanted,
    )
    camera = cameras.add(plan(Fault.NONE))
    fleet.apply([WantedCamera(str(STREAM), "c", cameras.url("camera"), on_demand=True)])
    units: list[AccessUnit] = []

    def take(item: AccessUnit | Gap) -> None:
        if isinstance(item, AccessUnit):
            units.append(item)

    following = asyncio.create_task(fleet.follow())
    try:
        assert fleet.reports()[0].status is CameraStatus.IDLE
        reader[0].subscribe(STREAM, take)
        # Half a second for the subscription, and what opening a camera takes.
        await eventually(lambda: camera.counts.logins == 1, within_s=1.5)
        await eventually(lambda: len(units) > 3)
    finally:
        following.cancel()
        await fleet.close()
        await tap.close()
