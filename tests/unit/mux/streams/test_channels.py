"""Which streams are taken from the tap, and for how long."""

import struct

from tests.unit.mux.fakes import STREAM, unit
from tests.unit.mux.worlds import World


async def test_a_silent_camera_s_old_pictures_are_not_sent_again_as_if_they_were_live() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    before = len(viewer.media())
    await world.clock.advance(2.0)
    viewer.feed_back(206, 1, struct.pack(">II", 1, viewer.place.primary))
    assert len(viewer.media()) == before


async def test_a_stream_is_left_ten_seconds_after_its_last_viewer() -> None:
    world = World()
    first, second = world.admit(), world.admit()
    world.registry.leave(first.id)
    await world.pass_time(11)
    assert STREAM in world.tap.sinks
    world.registry.leave(second.id)
    await world.pass_time(9)
    assert STREAM in world.tap.sinks
    await world.pass_time(1.5)
    assert world.tap.sinks == {}


async def test_a_viewer_who_comes_back_in_time_keeps_the_stream() -> None:
    world = World()
    world.registry.leave(world.admit().id)
    await world.pass_time(9)
    world.admit()
    await world.pass_time(5)
    assert STREAM in world.tap.sinks
