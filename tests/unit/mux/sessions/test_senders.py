"""Senders begin once keys are agreed on."""

from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World


def test_a_viewer_starts_with_the_group_that_came_while_it_shook_hands() -> None:
    world = World()
    viewer = world.admit()
    world.tap.give(unit(0, key=True), unit(1), unit(2))
    viewer.check()
    viewer.shake_hands()
    assert len(viewer.media()) == 5


def test_media_follows_the_last_datagram_of_the_handshake() -> None:
    world = World()
    viewer = world.admit()
    world.tap.give(unit(0, key=True))
    viewer.check()
    viewer.shake_hands()
    kinds = ["dtls" if datagram[0] < 64 else "srtp" for datagram in world.transport.datagrams]
    assert kinds == sorted(kinds)
    assert "srtp" in kinds
