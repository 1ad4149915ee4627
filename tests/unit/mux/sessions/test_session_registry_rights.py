"""Views end with the right to them, and no ticket of before opens them again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mux.sdp.offer import parse_offer, parse_wall_offer
from mux.sessions.viewer import End
from mux.whep.walls import Wish
from shared.errors import TicketRefused, Unavailable
from shared.leases import LEASE_S
from shared.tickets import Action, Ticket
from tests.support.light_sdp import offer
from tests.support.wall import wall_offer
from tests.unit.mux.fakes import STREAM
from tests.unit.mux.worlds import BROWSER, World, wall_ticket

ONE, TWO = "59350/cam-1", "59350/cam-2"


def live(world: World) -> Ticket:
    """A ticket given now, which nothing but a lease confirms."""
    now_ms = world.clock.utc_ns() // 1_000_000
    return Ticket("t", "p", "session-1", Action.LIVE, str(STREAM), 1 << 40, issued_ms=now_ms)


def opened(world: World, ticket: Ticket) -> None:
    """Open what a ticket is for."""
    if ticket.action is Action.WALL:
        world.registry.admit_wall(ticket, parse_wall_offer(wall_offer(BROWSER.fingerprint, 2)))
    else:
        world.registry.admit(ticket, STREAM, parse_offer(offer(BROWSER.fingerprint)))


async def test_a_live_ticket_of_before_opens_a_withdrawn_camera_no_more_and_a_newer_one_does() -> None:
    world = World()
    before = live(world)
    world.confirm(before)
    await world.clock.advance(1)
    world.lessor.revoke_camera(STREAM.camera_path)
    world.confirm()
    with pytest.raises(TicketRefused, match="camera has ended"):
        opened(world, before)
    opened(world, live(world))
    assert world.registry.viewer_count == 1


async def test_a_wall_ticket_of_before_shows_a_withdrawn_camera_neither_at_its_start_nor_later() -> None:
    world = World()
    before = wall_ticket(ONE, TWO)
    visitor = world.watch_wall(TWO)
    await world.clock.advance(1)
    world.lessor.ended_cameras.add(ONE)
    world.confirm()
    with pytest.raises(TicketRefused, match=ONE):
        world.walls.arrange(visitor.id, before, [Wish("0", shows=True, camera=ONE)])
    admitted = world.registry.admit_wall(before, parse_wall_offer(wall_offer(BROWSER.fingerprint, 2)))
    first, second = world.viewer(admitted.id).tiles.values()
    assert (first.camera, first.revoked) == (None, True)
    assert second.camera is not None


@pytest.mark.parametrize("make", [live, lambda _: wall_ticket(ONE, TWO)])
async def test_who_hears_nothing_of_control_room_shows_nothing(make: Callable[[World], Ticket]) -> None:
    world = World()
    ticket = replace(make(world), issued_ms=world.clock.utc_ns() // 1_000_000)
    with pytest.raises(Unavailable, match="try again"):
        opened(world, ticket)
    world.confirm(ticket)
    opened(world, ticket)
    world.registry.end_rights()
    assert world.registry.viewer_count == 1
    await world.clock.advance(LEASE_S)
    world.registry.end_rights()
    assert (world.registry.viewer_count, world.ended) == (0, [End.UNCONFIRMED])


async def test_a_restart_of_control_room_within_ten_seconds_is_not_seen() -> None:
    world = World()
    world.watch()
    await world.clock.advance(LEASE_S - 1)
    world.registry.end_rights()
    world.confirm()
    await world.clock.advance(LEASE_S - 1)
    world.registry.end_rights()
    assert world.registry.viewer_count == 1


async def test_a_view_ends_when_its_session_expires_and_lives_on_as_it_is_renewed() -> None:
    world = World()
    now_s = world.clock.utc_ns() // 10**9
    world.lessor.until_s["session-1"] = now_s + 5
    world.watch()
    world.registry.end_rights()
    world.lessor.until_s["session-1"] = now_s + 8
    world.confirm()
    await world.clock.advance(6)
    world.registry.end_rights()
    assert world.registry.viewer_count == 1
    await world.clock.advance(3)
    world.registry.end_rights()
    assert world.ended == [End.REVOKED]
