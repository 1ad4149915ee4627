"""A whole site vanishes and returns: every camera is back soon, and none is stormed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.meters import Meters
from ingest.simulator.server import SimulatedCameras
from tests.integration.ingest.storm import Site, Worker
from tests.support.eventually import eventually

pytestmark = pytest.mark.slow

CAMERAS = 300
OUTAGE_S = 2.0


@pytest.fixture
async def server() -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras("0.0.0.0") as made:
        yield made


@pytest.mark.timeout(180)
async def test_three_hundred_cameras_that_return_together_are_back_and_none_is_stormed(
    server: SimulatedCameras, tmp_path: Path
) -> None:
    large, small = Site(server, "59350", CAMERAS), Site(server, "59512", 5)
    meters = Meters()
    stormed, other = Worker("59350", tmp_path, meters), Worker("59512", tmp_path, meters)
    stormed.fleet.apply(large.wanted())
    other.fleet.apply(small.wanted())
    try:
        await eventually(lambda: stormed.live() == CAMERAS, within_s=60, what="all cameras live")
        assert large.most_logins() == 1
        await server.close()
        await eventually(lambda: stormed.live() == other.live() == 0, within_s=30, what="all cameras lost")
        await asyncio.sleep(OUTAGE_S)
        with stormed.timed() as back_s, other.timed() as other_back_s:
            await server.start()
            await eventually(lambda: len(other.first_s) == 5, within_s=60, what="the other commune's cameras")
            await eventually(lambda: len(stormed.first_s) == CAMERAS, within_s=60, what="all cameras back")
        assert back_s[-1] < 60
        # No later than a camera alone would be, whose next try is at most 15 s and a bit away.
        assert other_back_s[-1] < 20
        assert max(large.most_logins(), small.most_logins()) == 1
    finally:
        await stormed.fleet.close()
        await other.fleet.close()


@pytest.mark.timeout(120)
async def test_cameras_that_answer_only_errors_after_a_power_cut_see_one_login_in_fifteen_seconds(
    server: SimulatedCameras, tmp_path: Path
) -> None:
    site = Site(server, "59350", 20)
    worker = Worker("59350", tmp_path, Meters())
    for camera in site.cameras:
        camera.busy = True
    worker.fleet.apply(site.wanted())
    try:
        await eventually(
            lambda: all(len(camera.counts.attempts_ns) == 2 for camera in site.cameras), within_s=40
        )
        assert site.most_logins() == 1
    finally:
        await worker.fleet.close()
