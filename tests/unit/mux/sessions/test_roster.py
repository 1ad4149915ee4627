"""Who is here, and why the last ones are here no more."""

import pytest

from mux.sessions.roster import Roster
from mux.sessions.viewer import End
from shared.errors import NotFound
from tests.unit.mux.worlds import World


def test_shares_are_everybody_once() -> None:
    world = World()
    visitors = [world.watch() for _ in range(3)]
    shares = [world.registry.roster.share(part, 2) for part in range(2)]
    assert sorted(one.identity.id for share in shares for one in share) == sorted(one.id for one in visitors)


def test_a_viewer_that_has_gone_is_known_by_no_name_and_its_end_is_told() -> None:
    world = World()
    visitor = world.watch()
    roster, viewer = world.registry.roster, world.viewer(visitor.id)
    assert roster.at(visitor.source) is viewer
    assert roster.remove(viewer, End.SILENT)
    assert not roster.remove(viewer, End.LEFT)
    assert roster.at(visitor.source) is None
    assert [roster.called(ufrag) for ufrag in viewer.ufrags] == [None]
    assert roster.with_ticket(viewer.identity.ticket) == []
    with pytest.raises(NotFound, match="has ended: silent"):
        roster.named(visitor.id)


def test_only_so_many_ends_are_remembered() -> None:
    world, roster = World(), Roster(remembered_ends=1)
    viewers = [world.viewer(world.watch().id) for _ in range(2)]
    for viewer in viewers:
        roster.add(viewer)
        roster.remove(viewer, End.LEFT)
    with pytest.raises(NotFound, match="no such WHEP session"):
        roster.named(viewers[0].identity.id)
    with pytest.raises(NotFound, match="has ended: left"):
        roster.named(viewers[1].identity.id)
