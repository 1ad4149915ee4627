"""What a tile shows, and how it goes from one stream to the next."""

import struct
from itertools import pairwise

import pytest

from mux.sessions.tile import LARGEST_SUB_PIXELS, Tile
from mux.whep.walls import Wish
from shared.ids import StreamId, StreamKind
from tests.unit.mux.fakes import sequence, timestamp, unit
from tests.unit.mux.worlds import Visitor, World, wall_ticket

ONE, TWO = "59350/cam-1", "59350/cam-2"
MAIN, SUB = StreamId("59350", "cam-1"), StreamId("59350", "cam-1", StreamKind.SUB)
OTHER = StreamId("59350", "cam-2")
SMALL, LARGE = (480, 270), (1280, 720)


def give(world: World, stream: StreamId, first: int, *, count: int = 1, run: int = 1) -> None:
    """A key unit with `first` as its number, and those that follow it."""
    for number in range(first, first + count):
        made = unit(number, key=number == first, run=run, stream=stream)
        world.tap.give(made, stream=stream)


def tile_of(world: World, visitor: Visitor, mid: str = "0") -> Tile:
    return world.viewer(visitor.id).tiles[mid]


def arrange(world: World, visitor: Visitor, *wishes: Wish, cameras: tuple[str, ...] = (ONE, TWO)) -> None:
    world.walls.arrange(visitor.id, wall_ticket(*cameras), wishes)


def test_each_tile_gets_its_own_camera_on_its_own_source() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO)
    give(world, MAIN, 0)
    give(world, OTHER, 0, count=2)
    assert (len(visitor.packets("0")), len(visitor.packets("1")), len(visitor.packets("2"))) == (3, 4, 0)


def test_a_tile_of_unknown_size_gets_the_main_stream() -> None:
    world = World()
    world.watch_wall(ONE)
    assert list(world.tap.sinks) == [MAIN]


def test_a_small_tile_keeps_the_main_stream_until_the_sub_stream_has_a_key_picture() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0)
    arrange(world, visitor, Wish("0", size=SMALL))
    assert set(world.tap.sinks) == {MAIN, SUB}
    world.tap.give(unit(1), stream=MAIN)
    assert tile_of(world, visitor).stream == MAIN
    give(world, SUB, 0)
    assert tile_of(world, visitor).stream == SUB
    sent = len(visitor.packets("0"))
    world.tap.give(unit(2), stream=MAIN)
    assert len(visitor.packets("0")) == sent


async def test_numbers_and_times_go_on_over_a_change_of_stream_as_if_it_were_one() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 1000, count=3)
    arrange(world, visitor, Wish("0", size=SMALL))
    await world.clock.advance(0.5)
    give(world, SUB, 0)
    await world.clock.advance(0.04)
    world.tap.give(unit(1, stream=SUB), stream=SUB)
    packets = visitor.packets("0")
    numbers = [sequence(one) for one in packets]
    # The first packet of a start is sent twice.
    steps = [(later - earlier) & 0xFFFF for earlier, later in pairwise(numbers)]
    assert set(steps) <= {0, 1}
    times = [timestamp(one) for one in packets]
    assert (times[-1] - times[-2]) & 0xFFFFFFFF == 3600
    assert (times[-2] - times[-5]) & 0xFFFFFFFF == 90_000 // 2


def test_a_tile_grown_large_goes_back_to_the_main_stream_at_its_key_picture() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    arrange(world, visitor, Wish("0", size=SMALL))
    give(world, SUB, 0)
    arrange(world, visitor, Wish("0", size=LARGE))
    assert tile_of(world, visitor).stream == SUB
    give(world, MAIN, 0)
    assert tile_of(world, visitor).stream == MAIN


@pytest.mark.parametrize(
    ("pixels", "kind"), [(LARGEST_SUB_PIXELS, StreamKind.SUB), (LARGEST_SUB_PIXELS + 1, StreamKind.MAIN)]
)
def test_up_to_a_number_of_pixels_a_tile_gets_the_sub_stream(pixels: int, kind: StreamKind) -> None:
    world = World()
    visitor = world.watch_wall()
    arrange(world, visitor, Wish("0", shows=True, camera=ONE, size=(pixels, 1)))
    stream = StreamId("59350", "cam-1", kind)
    give(world, stream, 0)
    assert tile_of(world, visitor).stream == stream


def test_a_link_s_limit_brings_the_sub_stream_to_a_large_tile_and_its_end_the_main_one() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0)
    tile = tile_of(world, visitor)
    tile.limit(StreamKind.SUB)
    give(world, SUB, 0)
    assert tile.stream == SUB
    tile.limit(StreamKind.MAIN)
    give(world, MAIN, 1)
    assert tile.stream == MAIN


def test_another_camera_replaces_the_one_so_far_at_once() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0)
    arrange(world, visitor, Wish("0", shows=True, camera=TWO))
    sent = len(visitor.packets("0"))
    world.tap.give(unit(1), stream=MAIN)
    assert len(visitor.packets("0")) == sent
    give(world, OTHER, 0)
    assert len(visitor.packets("0")) == sent + 3


def test_an_emptied_tile_gets_nothing_and_its_stream_is_left() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0)
    arrange(world, visitor, Wish("0", shows=True))
    sent = len(visitor.packets("0"))
    world.tap.give(unit(1), stream=MAIN)
    assert len(visitor.packets("0")) == sent
    assert tile_of(world, visitor).camera is None


def test_naming_the_camera_a_tile_shows_already_changes_nothing() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0, count=3)
    sent = len(visitor.packets("0"))
    arrange(world, visitor, Wish("0", shows=True, camera=ONE, size=LARGE))
    assert len(visitor.packets("0")) == sent


async def test_a_sub_stream_that_falls_silent_is_left_for_the_main_one_until_it_is_back() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    arrange(world, visitor, Wish("0", size=SMALL))
    give(world, SUB, 0)
    await world.pass_time(3)
    give(world, MAIN, 0)
    assert tile_of(world, visitor).stream == MAIN
    await world.pass_time(1)
    give(world, SUB, 1)
    assert tile_of(world, visitor).stream == SUB


async def test_a_stream_is_left_when_a_change_to_it_is_taken_back() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    give(world, MAIN, 0)
    arrange(world, visitor, Wish("0", size=SMALL))
    arrange(world, visitor, Wish("0", size=LARGE))
    await world.pass_time(11)
    assert list(world.tap.sinks) == [MAIN]


async def test_a_request_names_its_tile_by_its_source() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO)
    give(world, MAIN, 0)
    give(world, OTHER, 0)
    await world.clock.advance(1)
    before = len(visitor.packets("0")), len(visitor.packets("1"))
    visitor.feed_back(206, 1, struct.pack(">II", 1, visitor.sources["1"].primary))
    assert (len(visitor.packets("0")), len(visitor.packets("1"))) == (before[0], before[1] + 3)
    visitor.feed_back(206, 1, struct.pack(">II", 1, 0xDEADBEEF))
    assert world.counts.key_requests == 1
