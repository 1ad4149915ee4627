"""Cameras whose clocks are odd. What Beffroi does is told in docs/cameras.md."""

from itertools import pairwise
from pathlib import Path

import pytest

from ingest.simulator.faults import Fault
from shared.units import AccessUnit, UtcSource
from tests.integration.ingest.zoo import STEP90, assert_steady, assert_whole, plan, zoo
from tests.support.eventually import eventually

pytestmark = pytest.mark.slow


def _steps(units: list[AccessUnit]) -> list[int]:
    return [after.pts90 - before.pts90 for before, after in pairwise(units)]


async def test_a_jump_begins_a_new_run_on_the_same_connection(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.TIME_JUMPS))
        world.pull()
        await eventually(lambda: len(world.runs()) == 2 and len(world.runs()[1]) > 12)
        for units in world.runs():
            assert_steady(units)
        assert camera.counts.logins == 1


async def test_times_that_go_back_cost_their_group_and_no_run(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.TIME_GOES_BACK))
        world.pull()
        await world.units_come(40)
        assert_whole(world.units)
        steps = _steps(world.units)
        assert len({unit.run for unit in world.units}) == 1
        assert min(steps) > 0
        [hole] = [index for index, step in enumerate(steps) if step != STEP90]
        # At worst a key picture is among those that go back, and costs its group too.
        assert steps[hole] <= (10 + 3) * STEP90
        assert world.units[hole + 1].key


async def test_times_that_stall_and_catch_up_are_passed_on(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.TIME_STALLS))
        world.pull()
        await world.units_come(50)
        assert_whole(world.units)
        assert len({unit.run for unit in world.units}) == 1
        steps = _steps(world.units)
        assert steps.count(0) >= 20
        assert sum(steps) == STEP90 * len(steps)


async def test_times_that_never_move_are_replaced_by_arrival(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.TIME_STANDS))
        world.pull()
        await eventually(lambda: len(world.runs()) == 2 and len(world.runs()[1]) > 25, within_s=15)
        units = world.runs()[1]
        assert_whole(units)
        assert min(_steps(units)) > 0
        took_s = (units[-1].utc_ns - units[0].utc_ns) / 1e9
        assert (units[-1].pts90 - units[0].pts90) / 90_000 == pytest.approx(took_s, abs=0.05)
        assert camera.counts.logins == 1


async def test_a_fast_media_clock_is_passed_on_and_never_cuts(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.TIME_RUNS_FAST))
        world.pull()
        await world.units_come(50)
        assert_whole(world.units)
        assert len({unit.run for unit in world.units}) == 1
        assert sum(_steps(world.units)) == pytest.approx(1.02 * STEP90 * (len(world.units) - 1), rel=0.001)


@pytest.mark.parametrize("fault", [Fault.REPORT_OF_1970, Fault.REPORT_OF_2036])
async def test_reports_of_a_wrong_time_are_not_believed(fault: Fault, tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(fault))
        world.pull()
        await world.units_come(15)
        assert_steady(world.units)
        assert {unit.utc_source for unit in world.units} == {UtcSource.ARRIVAL}


async def test_reports_of_the_right_time_are_believed(tmp_path: Path) -> None:
    """What the test above relies on."""
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.NONE))
        world.pull()
        await eventually(lambda: any(u.utc_source is UtcSource.SENDER_REPORT for u in world.units))
