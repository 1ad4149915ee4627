"""Walls after they were let in: arranged, reported on, revoked, reached in another way."""

import struct

import pytest

from mux.fragment import Fragment
from mux.lag import LATE_NS, REMEMBERED_NS
from mux.offer import IceUser
from mux.roster import Roster
from mux.standing import Stale, TileStanding
from mux.tile import PageCounts
from mux.viewer import CONSENT_S, End
from mux.walls import Wish
from shared.errors import (
    BadInput,
    Conflict,
    NotFound,
    PreconditionFailed,
    PreconditionNeeded,
    TicketRefused,
    Unavailable,
)
from shared.ids import StreamId, StreamKind
from tests.unit.mux.fakes import unit
from tests.unit.mux.hubs import Visitor, World, wall_ticket

ONE, TWO = "59350/cam-1", "59350/cam-2"
MAIN, SUB = StreamId("59350", "cam-1"), StreamId("59350", "cam-1", StreamKind.SUB)
NEW = Fragment(IceUser("new", "0123456789abcdef012345"), 0)


def tile(world: World, visitor: Visitor, number: int = 0) -> TileStanding:
    return world.walls.reported(visitor.id, {}).tiles[number]


def block(visitor: Visitor, mid: str, *, lost: int = 0, last: int = 0, since: int = 0) -> bytes:
    """The body of a receiver report on one tile."""
    ssrc = visitor.sources[mid].primary
    return struct.pack(">IIIIIII", 1, ssrc, lost << 24, 0, 900, last, since)


def test_tiles_beyond_the_cameras_of_the_ticket_are_empty_and_cameras_beyond_the_tiles_left_out() -> None:
    world = World()
    few, many = world.watch_wall(ONE, tiles=2), world.watch_wall(ONE, TWO, tiles=1)
    assert [one.camera for one in world.walls.reported(few.id, {}).tiles] == [ONE, None]
    assert [one.camera for one in world.walls.reported(many.id, {}).tiles] == [ONE]


def test_every_source_of_a_wall_is_another() -> None:
    visitor = World().admit_wall(ONE, tiles=64)
    sources = [one for its in visitor.sources.values() for one in (its.primary, its.repair)]
    assert (len(set(sources)), None in sources) == (128, False)


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


@pytest.mark.parametrize("revoked", [MAIN, SUB])
def test_a_camera_s_lost_right_empties_its_tiles_and_says_so(revoked: StreamId) -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO, ONE)
    world.tap.give(unit(0, key=True))
    assert world.hub.revoke_stream(revoked) == 2
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
    world.hub.revoke_session("session-1")
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


async def test_what_a_browser_reports_is_kept_for_each_tile() -> None:
    world = World()
    visitor = world.watch_wall(ONE, TWO)
    visitor.feed_back(201, 1, block(visitor, "0", lost=128))
    visitor.feed_back(201, 1, block(visitor, "1"))
    standing = world.walls.reported(visitor.id, {})
    assert [one.loss for one in standing.tiles[:2]] == [0.5, 0.0]
    assert (standing.jitter_ms, standing.loss) == (10.0, 0.25)


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
    world.wire.full = True
    for number in range(4):
        world.tap.give(unit(number, key=number == 0, size=400_000))
        world.hub.watch_over()
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
    world.hub.watch_over()
    bitrate = tile(world, visitor).bitrate_kbps
    assert bitrate is not None
    assert 80 <= bitrate <= 90


def test_another_ice_session_takes_over_with_its_first_nominating_check() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    before = visitor.place
    renewed = world.walls.renew(visitor.id, NEW, "*")
    viewer = world.viewer(visitor.id)
    ours = viewer.renewed
    assert ours is not None
    assert renewed.etag == f'"{ours.ufrag}"'
    assert f"a=ice-pwd:{ours.password}" in (renewed.fragment or "")
    elsewhere = ("192.0.2.77", 6000)
    assert visitor.check()
    assert not visitor.check(ufrag=ours.ufrag, source=elsewhere)
    assert visitor.check(ufrag=ours.ufrag, password=ours.password, source=elsewhere)
    world.tap.give(unit(0, key=True))
    assert world.wire.sent[-1][1] == elsewhere
    assert not visitor.check(ufrag=before.ufrag)


def test_a_second_restart_replaces_the_first() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.walls.renew(visitor.id, NEW, "*")
    first = world.viewer(visitor.id).renewed
    world.walls.renew(visitor.id, Fragment(IceUser("newer", "0123456789abcdef012345"), 0), "*")
    assert first is not None
    assert not visitor.check(ufrag=first.ufrag, password=first.password)
    assert visitor.check()


def test_candidates_alone_change_nothing() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    etag = f'"{visitor.place.ufrag}"'
    renewed = world.walls.renew(visitor.id, Fragment(None, 3), etag)
    assert (renewed.etag, renewed.fragment) == (etag, None)
    known = world.viewer(visitor.id).remote
    assert world.walls.renew(visitor.id, Fragment(known, 1), etag).fragment is None


def test_a_change_must_name_the_ice_session_it_is_for() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    with pytest.raises(PreconditionNeeded, match="If-Match"):
        world.walls.renew(visitor.id, NEW, None)
    with pytest.raises(PreconditionFailed, match="earlier one"):
        world.walls.renew(visitor.id, NEW, '"of-another"')


def test_after_its_end_no_name_of_a_restarted_viewer_is_known() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.walls.renew(visitor.id, NEW, "*")
    viewer = world.viewer(visitor.id)
    world.hub.leave(visitor.id)
    assert [world.hub.roster.called(ufrag) for ufrag in viewer.ufrags] == [None, None]


async def test_the_tiles_of_a_wall_take_turns_with_their_reports() -> None:
    world = World()
    visitor = world.watch_wall(*[ONE] * 16, tiles=16)
    world.tap.give(unit(0, key=True))
    await world.pass_time(4)
    reports = [one for one in visitor.media() if 192 <= one[1] < 224]
    assert len({one[4:8] for one in reports}) == 16
    assert len(reports) <= 20
