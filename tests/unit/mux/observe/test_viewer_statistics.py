"""What is told of a wall: its figures, and why a picture stands still."""

import struct

from mux.observe.lag import LATE_NS, REMEMBERED_NS
from shared.messages.live import Stale, TileStatistics
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import Visitor, World

ONE, TWO = "59350/cam-1", "59350/cam-2"


def tile(world: World, visitor: Visitor, number: int = 0) -> TileStatistics:
    return world.walls.reported(visitor.id, {}).tiles[number]


def block(visitor: Visitor, mid: str, *, lost: int = 0, last: int = 0, since: int = 0) -> bytes:
    """The body of a receiver report on one tile."""
    ssrc = visitor.sources[mid].primary
    return struct.pack(">IIIIIII", 1, ssrc, lost << 24, 0, 900, last, since)


async def test_what_a_browser_reports_is_kept_for_each_tile() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO)
    visitor.feed_back(201, 1, block(visitor, "0", lost=128))
    visitor.feed_back(201, 1, block(visitor, "1"))
    statistics = world.walls.reported(visitor.id, {})
    assert [one.loss for one in statistics.tiles[:2]] == [0.5, 0.0]
    assert (statistics.jitter_ms, statistics.loss) == (10.0, 0.25)


def test_what_a_browser_s_link_takes_is_kept() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    # REMB: one source, exponent 3, mantissa 125000.
    packed = (1 << 24 | 3 << 18 | 125_000).to_bytes(4, "big")
    visitor.feed_back(206, 15, struct.pack(">II", 1, 0) + b"REMB" + packed + struct.pack(">I", 5))
    assert world.walls.reported(visitor.id, {}).available_kbps == 1000


async def test_a_silent_camera_is_the_cause_after_a_second_and_a_half() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True))
    await world.pass_time(1.4)
    assert tile(world, visitor).stale is None
    await world.pass_time(0.2)
    assert tile(world, visitor).stale is Stale.CAMERA


async def test_a_camera_that_never_came_is_the_cause_too() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    assert tile(world, visitor).stale is None
    await world.pass_time(2)
    assert tile(world, visitor).stale is Stale.CAMERA


def test_a_lossy_link_is_the_cause() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True))
    visitor.feed_back(201, 1, block(visitor, "0", lost=64))
    assert (tile(world, visitor).stale, tile(world, visitor).reason) == (
        Stale.LINK,
        "25% of the packets are lost on their way",
    )
    assert tile(world, visitor).why == {"code": "tile-packets-lost", "params": {"percent": "25"}}


async def test_a_browser_that_does_not_report_is_the_cause() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    for number in range(6):
        world.tap.give(unit(number, key=number == 0))
        await world.pass_time(1)
    assert tile(world, visitor).stale is Stale.LINK
    visitor.feed_back(201, 1, block(visitor, "0"))
    assert tile(world, visitor).stale is None


async def test_packets_that_wait_for_the_link_are_the_cause() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.transport.full = True
    for number in range(4):
        world.tap.give(unit(number, key=number == 0, size=400_000))
        world.registry.watch_over()
        await world.clock.advance(1)
    assert "packets wait" in tile(world, visitor).reason


async def test_a_late_event_loop_is_the_cause_for_some_seconds() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True))
    world.lag.note(LATE_NS - 1, world.clock.monotonic_ns())
    assert tile(world, visitor).stale is None
    world.lag.note(LATE_NS, world.clock.monotonic_ns())
    assert tile(world, visitor).stale is Stale.MUX
    assert not world.lag.late(world.clock.monotonic_ns() + REMEMBERED_NS)


def test_a_wall_nobody_has_connected_to_yet_is_no_fault_of_the_camera() -> None:
    world = World()
    visitor = world.admit_wall(ONE)
    assert (tile(world, visitor).stale, tile(world, visitor).first_packet_ms) == (None, None)


async def test_the_time_to_the_first_packet_is_measured_from_the_wish() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    await world.clock.advance(0.25)
    world.tap.give(unit(0, key=True))
    assert tile(world, visitor).first_packet_ms == 250


async def test_the_bitrate_is_what_was_sent_in_the_last_second() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.tap.give(unit(0, key=True))
    await world.pass_time(1)
    for number in range(1, 11):
        world.tap.give(unit(number, size=999))
    await world.clock.advance(1)
    world.registry.watch_over()
    bitrate = tile(world, visitor).bitrate_kbps
    assert bitrate is not None
    assert 80 <= bitrate <= 90
