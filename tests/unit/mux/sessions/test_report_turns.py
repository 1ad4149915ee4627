"""When a viewer's tiles are reported on."""

from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World


async def test_reports_come_three_times_in_three_seconds_and_then_every_five() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True))
    counts = []
    for seconds in (3, 5, 5):
        await world.pass_time(seconds)
        counts.append(len(viewer.reports()))
    assert counts == [3, 4, 5]
