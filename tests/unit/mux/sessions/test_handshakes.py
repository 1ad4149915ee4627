"""Who begins the handshake, and what of it mux need not wait for."""

import pytest

from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import Visitor, World


def said(world: World) -> list[bytes]:
    """What mux has said in handshakes."""
    return [datagram for datagram in world.transport.datagrams if 20 <= datagram[0] < 64]


def test_the_first_proven_check_is_answered_with_our_first_words_too_and_no_other() -> None:
    world = World()
    visitor = world.admit()
    assert not visitor.check(password="w" * 24)
    assert said(world) == []
    visitor.check()
    first = said(world)
    assert first == [first[0]] * 2
    visitor.check()
    assert said(world) == first


def test_who_insists_on_beginning_is_waited_for() -> None:
    world = World()
    visitor = world.admit(setup="active")
    visitor.check()
    assert said(world) == []
    visitor.shake_hands()
    assert not world.viewer(visitor.id).handshaking


@pytest.mark.parametrize("setup", ["actpass", "active", "passive"])
def test_pictures_and_feedback_pass_whoever_begins(setup: str) -> None:
    world = World()
    visitor = world.admit(setup=setup)
    world.tap.give(unit(0, key=True))
    visitor.check()
    visitor.shake_hands()
    assert visitor.media()
    visitor.feed_back(206, 1, bytes(4) + visitor.place.primary.to_bytes(4, "big"))
    assert world.counts.key_requests == 1
    assert world.counts.bad_datagrams == 0


def without_last_words(world: World) -> Visitor:
    """A viewer whose last words are lost."""
    visitor = world.admit()
    world.tap.give(unit(0, key=True))
    visitor.check()
    visitor.shake_hands(last_words=False)
    return visitor


def test_pictures_go_out_before_the_browsers_last_words_and_what_it_missed_of_ours_again() -> None:
    world = World()
    visitor = without_last_words(world)
    viewer = world.viewer(visitor.id)
    assert viewer.handshaking
    assert visitor.media()
    before = said(world)
    world.again.run()
    assert said(world) == [*before, before[-1]]
    assert world.counts.handshakes_repeated == 1


def test_a_viewer_that_left_is_told_nothing_again() -> None:
    world = World()
    visitor = without_last_words(world)
    world.registry.leave(visitor.id)
    before = len(world.transport.sent)
    world.again.run_all()
    assert len(world.transport.sent) == before


async def test_reports_go_out_before_the_browsers_last_words() -> None:
    world = World()
    visitor = without_last_words(world)
    await world.pass_time(2)
    assert visitor.reports()
