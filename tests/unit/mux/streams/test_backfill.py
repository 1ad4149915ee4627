"""Who begins to watch while the recent units of a stream are coming."""

from itertools import pairwise

from mux.streams.backfill import LONGEST_S, QUIET_S
from shared.tap import Gap
from tests.unit.mux.fakes import STREAM, timestamp, unit
from tests.unit.mux.worlds import World

STEP_S = QUIET_S / 2


def begin(world: World) -> None:
    world.tap.answering[STREAM](True)


def end(world: World) -> None:
    world.tap.answering[STREAM](False)


async def run_timers(world: World, seconds: float) -> None:
    await world.clock.advance(seconds)
    world.timers.run()


async def test_recent_units_that_come_after_the_viewer_are_held_and_sent_as_what_has_passed() -> None:
    world = World()
    visitor = world.watch()
    begin(world)
    for number in range(20):
        world.tap.give(unit(number, key=number == 0))
        await world.clock.advance(0.001)
    assert visitor.media() == []
    end(world)
    times = list(dict.fromkeys(timestamp(one) for one in visitor.media()))
    assert [(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(times)] == [90] * 19
    world.tap.give(unit(20))
    assert (timestamp(visitor.media()[-1]) - times[-1]) & 0xFFFFFFFF == 3600


async def test_a_viewer_who_connects_in_mid_answer_waits_for_its_end() -> None:
    world = World()
    visitor = world.admit()
    begin(world)
    world.tap.give(unit(0, key=True))
    visitor.check()
    visitor.shake_hands()
    world.tap.give(unit(1))
    assert visitor.media() == []
    end(world)
    assert len({timestamp(one) for one in visitor.media()}) == 2


def test_a_live_key_unit_is_not_held() -> None:
    world = World()
    visitor = world.watch()
    world.tap.give(unit(0, key=True))
    assert visitor.media() != []


async def test_who_watches_already_is_sent_what_fills_a_hole_at_once() -> None:
    world = World()
    visitor = world.watch()
    world.tap.give(unit(0, key=True))
    sent = len(visitor.media())
    begin(world)
    world.tap.give(unit(1))
    assert len(visitor.media()) == sent + 1


async def test_where_the_end_of_an_answer_is_lost_the_viewer_waits_a_tenth_of_a_second() -> None:
    world = World()
    visitor = world.watch()
    begin(world)
    await world.clock.advance(STEP_S)
    world.tap.give(unit(0, key=True))
    await run_timers(world, STEP_S)
    assert visitor.media() == []
    await run_timers(world, STEP_S)
    assert visitor.media() != []


async def test_an_answer_on_a_slow_line_is_waited_for_half_a_second() -> None:
    world = World()
    visitor = world.watch()
    begin(world)
    steps = round(LONGEST_S / STEP_S)
    for number in range(steps - 1):
        world.tap.give(unit(number, key=number == 0))
        await run_timers(world, STEP_S)
        assert visitor.media() == []
    world.tap.give(unit(steps - 1))
    await run_timers(world, STEP_S)
    assert len({timestamp(one) for one in visitor.media()}) == steps


async def test_an_answer_that_ends_in_a_gap_starts_nobody_before_the_next_key_unit() -> None:
    world = World()
    visitor = world.watch()
    begin(world)
    world.tap.give(unit(0, key=True), Gap(STREAM, 0))
    end(world)
    assert visitor.media() == []
    world.tap.give(unit(5, key=True))
    assert visitor.media() != []


async def test_a_bound_that_has_passed_ends_no_later_answer() -> None:
    world = World()
    visitor = world.watch()
    begin(world)
    end(world)
    await world.clock.advance(STEP_S)
    begin(world)
    world.tap.give(unit(0, key=True))
    await run_timers(world, STEP_S)
    assert visitor.media() == []
