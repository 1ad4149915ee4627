"""Cameras over UDP, on good and bad ways. What Beffroi does is told in docs/cameras.md."""

from itertools import pairwise
from pathlib import Path

import pytest

from ingest.simulator.faults import Fault
from shared.messages.ingest import CameraTransport
from tests.integration.ingest.zoo import STEP90, assert_steady, assert_whole, plan, zoo

pytestmark = pytest.mark.slow


async def test_a_camera_that_refuses_udp_is_pulled_over_its_own_connection(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.TCP_ONLY))
        world.pull(CameraTransport.UDP)
        await world.units_come(20)
        assert_steady(world.units)
        assert camera.counts.logins == 1


@pytest.mark.parametrize("fault", [Fault.UDP_ONLY, Fault.UDP_REORDERED, Fault.UDP_DOUBLED, Fault.NONE])
async def test_udp_that_loses_nothing_gives_every_picture(fault: Fault, tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(fault))
        world.pull(CameraTransport.UDP if fault is Fault.NONE else CameraTransport.TCP)
        await world.units_come(20)
        assert_steady(world.units)


async def test_udp_that_loses_packets_gives_whole_pictures_only(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.UDP_LOSSY))
        world.pull()
        await world.units_come(40)
        assert_whole(world.units)
        steps = [after.pts90 - before.pts90 for before, after in pairwise(world.units)]
        assert max(steps) > STEP90
        resumed = [after for after, step in zip(world.units[1:], steps, strict=True) if step > STEP90]
        assert all(unit.key for unit in resumed)
