"""Cameras whose packets are odd. What Beffroi does is told in docs/cameras.md."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest.decoding.checks import DecodeChecks
from ingest.decoding.process import ChildDecoder
from ingest.simulator.faults import Fault
from shared.clock import SystemClock
from shared.codecs.h264 import parameter_sets
from shared.messages.ingest import CameraStatus
from tests.integration.ingest.zoo import CODING, Zoo, assert_steady, assert_whole, pictures, plan, slices, zoo
from tests.support.eventually import eventually

pytestmark = pytest.mark.slow


@asynccontextmanager
async def sampling(world: Zoo) -> AsyncIterator[None]:
    """Samples of what the zoo's camera sends are decoded, by a process as a worker has it."""
    checks = DecodeChecks(ChildDecoder(), world.fleet.judge, SystemClock())
    world.hub.checked(checks.take)
    task = asyncio.create_task(checks.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_camera_whose_pictures_do_not_decode_is_invalid_whatever_comes(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world, sampling(world):
        world.add(plan(Fault.NOISY_SLICES, after_s=0.0))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID, what="the alarm")
        assert "cannot be decoded" in world.report.reason
        seen = len(world.units)
        await world.units_come(seen + 12)
        assert world.report.status is CameraStatus.INVALID


async def test_a_camera_whose_pictures_decode_stays_live(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world, sampling(world):
        world.add(plan(Fault.NONE))
        world.pull()
        await world.units_come(40)
        assert world.report.status is CameraStatus.LIVE


@pytest.mark.parametrize(
    "fault",
    [
        Fault.EARLY_PACKETS,
        Fault.FOREIGN_SSRC,
        Fault.NEW_SSRC,
        Fault.OTHER_CHANNEL,
        Fault.RTCP_ON_MEDIA,
        Fault.JUNK,
        Fault.BIG_FRAMES,
        Fault.EMPTY_NALS,
        Fault.NO_MARKER,
        Fault.SETS_IN_SDP_ONLY,
        Fault.SETS_IN_BAND_ONLY,
    ],
)
async def test_a_camera_with_odd_packets_is_pulled_without_loss(fault: Fault, tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(fault))
        world.pull()
        await world.units_come(24)
        assert_steady(world.units)
        assert camera.counts.logins == 1
        assert all(None not in parameter_sets(unit.data) for unit in world.units if unit.key)
        assert len({unit.run for unit in world.units}) == 1


async def test_a_camera_that_is_another_sender_at_each_group_loses_no_picture(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.NEW_SENDER))
        world.pull()
        await world.units_come(45)
        runs = world.runs()[:-1]
        assert len(runs) > 2
        for run in runs:
            assert_steady(run)
        assert {len(run) for run in runs[1:]} == {10}, "whole groups"
        assert (camera.counts.logins, world.report.status) == (1, CameraStatus.LIVE)


async def test_a_camera_without_a_key_picture_after_a_loss_says_so_and_shows_pictures_again(
    tmp_path: Path,
) -> None:
    async with zoo(tmp_path, 5.0) as world:
        camera = world.add(plan(Fault.KEY_ONCE, after_s=0.6))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.STALLED, within_s=5)
        assert "key picture after a loss" in world.report.reason
        first = len(world.units)
        await eventually(lambda: len(world.units) > first and world.units[-1].run > world.units[0].run)
        assert world.report.status is CameraStatus.LIVE
        assert camera.counts.logins == 2


async def test_a_slow_camera_never_stalls(tmp_path: Path) -> None:
    async with zoo(tmp_path, 10.0) as world:
        camera = world.add(plan(Fault.SLOW, after_s=0.7))
        world.pull()
        seen = set()
        for count in range(2, 6):
            await world.units_come(count)
            seen.add(world.report.status)
        assert (seen, camera.counts.logins) == ({CameraStatus.LIVE}, 1)


async def test_a_nal_unit_without_an_end_costs_its_pictures_and_no_more(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.GIANT_NAL))
        world.pull()
        await world.units_come(5)
        before = len(world.units)
        await eventually(lambda: len(world.units) > before + 30 and world.units[-1].seq > 30)
        assert_whole(world.units)
        assert (camera.counts.logins, world.report.status) == (1, CameraStatus.LIVE)
        assert max(len(unit.data) for unit in world.units) < 100_000


async def test_parameter_sets_told_nowhere_make_the_camera_invalid(tmp_path: Path) -> None:
    async with zoo(tmp_path, 15.0) as world:
        world.add(plan(Fault.NO_SETS))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert "no parameter sets yet" in world.report.reason
        assert world.units == []


async def test_noise_is_invalid(tmp_path: Path) -> None:
    async with zoo(tmp_path, 5.0) as world:
        world.add(plan(Fault.GARBAGE))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert world.units == []


async def test_another_size_goes_on_at_the_next_key_picture_and_is_told(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.NEW_SIZE))
        world.pull()
        await world.units_come(3)
        assert (world.report.width, world.report.height) == (CODING.width, CODING.height)
        await eventually(lambda: world.report.width == CODING.width // 2, what="the new size in the report")
        seen = len(world.units)
        await world.units_come(seen + 12)
        sizes = [parameter_sets(unit.data) for unit in world.units if unit.key]
        assert len(set(sizes)) == 2
        assert [unit.seq for unit in world.units] == list(range(len(world.units)))
        # Nothing between the two sizes: the first picture that is not of the first loop is a key picture.
        change = next(unit for unit in world.units if slices(unit.data) not in pictures())
        assert change.key
        assert len({unit.run for unit in world.units}) == camera.counts.logins == 1


async def test_a_first_key_picture_that_is_late_is_waited_for(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.LATE_KEY))
        world.pull()
        await world.units_come(12)
        assert_steady(world.units)
