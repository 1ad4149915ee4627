"""Walls after they were let in: arranged, reported on, revoked."""

import gc
import struct
import weakref

import pytest

from mux.sessions.page_counts import PageCounts
from mux.sessions.roster import Roster
from mux.sessions.viewer import CONSENT_S, End
from mux.whep.walls import Wish
from shared.errors import (
    BadInput,
    Conflict,
    NotFound,
    TicketRefused,
    Unavailable,
)
from shared.ids import StreamId, StreamKind
from shared.messages.live import Stale, TileStatistics
from tests.unit.mux.fakes import STREAM, unit
from tests.unit.mux.worlds import Visitor, World, wall_ticket

ONE, TWO = "59350/cam-1", "59350/cam-2"
MAIN, SUB = StreamId("59350", "cam-1"), StreamId("59350", "cam-1", StreamKind.SUB)


def tile(world: World, visitor: Visitor, number: int = 0) -> TileStatistics:
    return world.walls.reported(visitor.id, {}).tiles[number]


def test_tiles_beyond_the_cameras_of_the_ticket_are_empty_and_cameras_beyond_the_tiles_left_out() -> None:
    world = World()
    few, many = world.watch_wall(ONE, tiles=2), world.watch_wall(ONE, TWO, tiles=1)
    assert [one.camera for one in world.walls.reported(few.id, {}).tiles] == [ONE, None]
    assert [one.camera for one in world.walls.reported(many.id, {}).tiles] == [ONE]


def test_a_camera_that_is_not_in_the_ticket_is_refused_and_nothing_changes() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    wishes = [Wish("1", shows=True, camera=ONE), Wish("0", shows=True, camera="59350/cam-3")]
    with pytest.raises(TicketRefused, match="does not name the camera 59350/cam-3"):
        world.walls.arrange(visitor.id, wall_ticket(ONE, TWO), wishes)
    assert [one.camera for one in world.walls.reported(visitor.id, {}).tiles[:2]] == [ONE, None]


def test_a_ticket_of_another_session_arranges_nothing() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    with pytest.raises(TicketRefused, match="another signed-in session"):
        world.walls.arrange(visitor.id, wall_ticket(TWO, session="session-2"), [])


def test_without_a_ticket_tiles_are_resized_and_emptied_and_no_camera_is_shown() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO)
    with pytest.raises(TicketRefused, match="does not name the camera"):
        world.walls.arrange(visitor.id, None, [Wish("0", shows=True, camera=TWO)])
    world.walls.arrange(visitor.id, None, [Wish("0", size=(640, 360)), Wish("1", shows=True)])
    assert [one.camera for one in world.walls.reported(visitor.id, {}).tiles[:2]] == [ONE, None]


def test_a_tile_there_is_not_is_told() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    with pytest.raises(BadInput, match="no tile with the mid 'nine'"):
        world.walls.arrange(visitor.id, wall_ticket(ONE), [Wish("nine")])
    with pytest.raises(BadInput, match="no tile with the mid"):
        world.walls.reported(visitor.id, {"nine": PageCounts()})


def test_a_session_of_one_stream_is_no_wall() -> None:
    world = World()
    visitor = world.watch()
    with pytest.raises(Conflict, match="one stream for good"):
        world.walls.arrange(visitor.id, wall_ticket(ONE), [Wish("0", shows=True, camera=ONE)])


def test_a_wall_counts_as_one_viewer() -> None:
    world = World(most_viewers=1)
    world.admit_wall(ONE, TWO)
    with pytest.raises(Unavailable, match="1 viewers"):
        world.admit_wall(ONE)
    assert (world.walls.load().viewers, world.walls.load().tiles) == (1, 2)


def test_a_camera_s_lost_right_empties_its_tiles_and_says_so() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO, ONE)
    world.tap.give(unit(0, key=True))
    world.lessor.ended_cameras.add(ONE)
    world.confirm()
    sent = len(visitor.packets("0"))
    world.tap.give(unit(1))
    assert len(visitor.packets("0")) == sent
    assert (tile(world, visitor).stale, tile(world, visitor).camera) == (Stale.RIGHT, None)
    assert tile(world, visitor, 1).camera == TWO
    world.walls.arrange(visitor.id, wall_ticket(TWO), [Wish("0", shows=True, camera=TWO)])
    assert tile(world, visitor).stale is None


def test_a_lost_session_ends_a_wall_and_its_report_says_why() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.lessor.ended_sessions.add("session-1")
    world.confirm()
    with pytest.raises(NotFound, match="has ended: revoked") as gone:
        world.walls.reported(visitor.id, {})
    assert gone.value.reason == "revoked"


async def test_a_wall_gone_silent_says_so_to_a_report_that_comes_late() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    await world.pass_time(CONSENT_S + 0.5)
    with pytest.raises(NotFound) as gone:
        world.walls.reported(visitor.id, {})
    assert gone.value.reason == "silent"


def test_the_reasons_of_the_last_ended_sessions_are_kept() -> None:
    world = World()
    roster = Roster(remembered_ends=2)
    viewers = [world.viewer(world.admit_wall(tiles=1).id) for _ in range(3)]
    for viewer in viewers:
        roster.add(viewer)
        roster.remove(viewer, End.LEFT)
    reasons = []
    for viewer in viewers:
        with pytest.raises(NotFound) as gone:
            roster.named(viewer.identity.id)
        reasons.append(gone.value.reason)
    assert reasons == [None, "left", "left"]


def test_a_goodbye_of_one_receiver_does_not_end_a_wall() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    visitor.feed_back(203, 1, struct.pack(">I", 1))
    assert world.ended == []


async def test_the_tiles_of_a_wall_take_turns_with_their_reports() -> None:
    world = World()
    visitor = world.watch_wall(*[ONE] * 16, tiles=16)
    world.tap.give(unit(0, key=True))
    await world.pass_time(4)
    reports = visitor.reports()
    assert len({one[4:8] for one in reports}) == 16
    assert len(reports) <= 20


async def test_a_tile_that_shows_another_camera_is_told_its_time_at_once() -> None:
    world = World()
    visitor = world.watch_wall(ONE, tiles=1)
    world.tap.give(unit(0, key=True))
    await world.pass_time(4)
    before = len(visitor.reports())
    world.walls.arrange(visitor.id, wall_ticket(TWO), [Wish("0", shows=True, camera=TWO)])
    other = StreamId("59350", "cam-2")
    world.tap.give(unit(0, stream=other, key=True), stream=other)
    await world.pass_time(0.2)
    assert len(visitor.reports()) == before + 1


async def test_a_stream_that_a_tile_has_left_does_not_stay_in_memory_with_its_viewer() -> None:
    world = World()
    visitor = world.watch_wall(ONE, tiles=1)
    world.tap.give(unit(0, key=True))
    await world.pass_time(1)
    left = weakref.ref(world.channels.known(STREAM))
    world.walls.arrange(visitor.id, None, [Wish("0", shows=True)])
    for _ in range(60):
        visitor.check()
        await world.pass_time(1)
    gc.collect()
    assert world.viewer(visitor.id) is not None
    assert left() is None
