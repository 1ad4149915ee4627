"""A wall that is reached in another way."""

import pytest

from mux.sdp.offer import IceUser
from shared.errors import (
    PreconditionFailed,
    PreconditionNeeded,
)
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World

ONE = "59350/cam-1"

NEW = IceUser("new", "0123456789abcdef012345")


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
    assert world.transport.sent[-1][1] == elsewhere
    assert not visitor.check(ufrag=before.ufrag)


def test_a_second_restart_replaces_the_first() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    world.walls.renew(visitor.id, NEW, "*")
    first = world.viewer(visitor.id).renewed
    world.walls.renew(visitor.id, IceUser("newer", "0123456789abcdef012345"), "*")
    assert first is not None
    assert not visitor.check(ufrag=first.ufrag, password=first.password)
    assert visitor.check()


def test_candidates_alone_change_nothing() -> None:
    world = World()
    visitor = world.watch_wall(ONE)
    etag = f'"{visitor.place.ufrag}"'
    renewed = world.walls.renew(visitor.id, None, etag)
    assert (renewed.etag, renewed.fragment) == (etag, None)
    known = world.viewer(visitor.id).remote
    assert world.walls.renew(visitor.id, known, etag).fragment is None


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
    world.registry.leave(visitor.id)
    assert [world.registry.roster.called(ufrag) for ufrag in viewer.ufrags] == [None, None]
