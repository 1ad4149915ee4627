"""Viewers from admission to their end."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.sessions.viewer import End
from shared.errors import NotFound, TicketRefused, Unavailable
from shared.ids import StreamId
from shared.tap import Gap
from tests.unit.mux.fakes import STREAM, unit
from tests.unit.mux.worlds import World

OTHER = StreamId("59350", "cam-2")


def test_a_viewer_gets_the_pictures_of_its_stream() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    # The parameter sets twice, then the two slices.
    assert len(viewer.media()) == 4


def test_one_more_than_the_bound_is_refused() -> None:
    world = World(most_viewers=2)
    world.admit()
    world.admit()
    with pytest.raises(Unavailable, match="2 viewers"):
        world.admit()


def test_a_ticket_used_again_and_again_gives_up_its_oldest_viewer() -> None:
    world = World()
    first = world.admit(ticket="t")
    world.admit(ticket="other")
    world.admit(ticket="t")
    world.admit(ticket="t")
    assert world.ended == [End.REPLACED]
    assert world.registry.viewer_count == 3
    with pytest.raises(NotFound):
        world.registry.leave(first.id)


def test_a_check_with_a_wrong_password_is_not_answered_and_counted() -> None:
    world = World()
    viewer = world.admit()
    assert not viewer.check(password="a-guess")
    assert world.counts.bad_datagrams == 1


def test_a_check_of_nobody_we_know_is_not_answered_and_counted() -> None:
    world = World()
    viewer = world.admit()
    world.registry.leave(viewer.id)
    assert not viewer.check()
    assert world.counts.bad_datagrams == 1


def test_dtls_from_an_address_without_a_proven_check_is_not_answered() -> None:
    world = World()
    world.admit().shake_hands()
    assert world.transport.sent == []


def test_leaving_twice_is_told() -> None:
    world = World()
    viewer = world.watch()
    world.registry.leave(viewer.id)
    with pytest.raises(NotFound):
        world.registry.leave(viewer.id)


def test_after_its_end_a_viewer_gets_nothing() -> None:
    world = World()
    viewer = world.watch()
    world.registry.leave(viewer.id)
    sent = len(world.transport.sent)
    world.tap.give(unit(0, key=True))
    assert len(world.transport.sent) == sent


def test_a_revoked_session_loses_its_viewers_and_no_others() -> None:
    world = World()
    world.watch(session="one")
    world.admit(session="one", source=("192.0.2.9", 5001))
    world.admit(session="two", source=("192.0.2.9", 5002))
    world.lessor.ended_sessions.add("one")
    world.confirm()
    assert (world.registry.viewer_count, world.ended) == (1, [End.REVOKED, End.REVOKED])


async def test_a_ticket_kept_from_a_revoked_session_lets_nobody_in_again() -> None:
    world = World()
    world.lessor.ended_sessions.add("one")
    await world.clock.advance(1)
    with pytest.raises(TicketRefused, match=r"session .* has ended"):
        world.admit(session="one")
    world.admit(session="two", source=("192.0.2.9", 5002))
    assert world.registry.viewer_count == 1


def test_a_removed_stream_loses_its_viewers_and_no_others() -> None:
    world = World()
    world.admit()
    world.admit(stream=OTHER)
    world.lessor.ended_cameras.add(STREAM.camera_path)
    world.confirm()
    assert (world.registry.viewer_count, world.ended) == (1, [End.REVOKED])


async def test_a_key_frame_request_is_answered_from_the_recent_pictures() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    await world.clock.advance(1)
    before = len(viewer.media())
    viewer.feed_back(206, 1, struct.pack(">II", 1, viewer.place.primary))
    assert len(viewer.media()) - before == 4
    assert world.counts.key_requests_answered == 1


def test_a_nack_is_answered() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    missing = struct.unpack(">H", viewer.media()[-1][2:4])[0]
    viewer.feed_back(205, 1, struct.pack(">IIHH", 1, viewer.place.primary, missing, 0))
    assert world.counts.repaired == 1


def test_a_goodbye_ends_a_viewer() -> None:
    world = World()
    viewer = world.watch()
    viewer.feed_back(203, 1, struct.pack(">I", 1))
    assert world.ended == [End.LEFT]


def test_after_a_gap_viewers_go_on_at_the_next_key_unit() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1), Gap(STREAM, 3), unit(5, key=True), unit(6))
    numbers = [int.from_bytes(one[2:4], "big") for one in viewer.media()]
    assert numbers[1:] == list(range(numbers[0], numbers[0] + len(numbers) - 1))
    channel = world.channels.known(STREAM)
    assert channel is not None
    assert len(world.channels.repeatable(channel)) == 2


async def test_a_new_run_goes_on_by_the_time_that_passed() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(500, key=True))
    await world.pass_time(3)
    world.tap.give(unit(0, key=True, run=2))
    times = [int.from_bytes(one[4:8], "big") for one in viewer.media() if one[1] < 192 or one[1] > 223]
    assert abs(((times[-1] - times[0]) & 0xFFFFFFFF) - 3 * 90_000) < 900


def test_stopping_says_goodbye_to_all() -> None:
    world = World()
    world.watch()
    sent = len(world.transport.sent)
    world.registry.stop()
    assert len(world.transport.sent) == sent + 1
    assert world.ended == [End.STOPPED]


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_no_datagram_of_a_stranger_raises_or_is_answered(noise: list[bytes]) -> None:
    world = World()
    for datagram in noise:
        world.registry.received(datagram, ("203.0.113.5", 1))
    assert world.transport.sent == []


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=6))
def test_no_datagram_of_a_viewer_raises(noise: list[bytes]) -> None:
    world = World()
    viewer = world.watch()
    for datagram in noise:
        world.registry.received(datagram, viewer.source)
        world.registry.received(bytes([0x80, 201]) + datagram, viewer.source)


async def test_admission_handshake_and_retransmissions_are_attended_to_and_calm_reports_are_not() -> None:
    world = World()
    attended = [world.transport.attended]

    def attentions() -> int:
        attended.append(world.transport.attended)
        return attended[-1] - attended[-2]

    viewer = world.watch()
    assert attentions() > 0
    world.tap.give(unit(0, key=True))
    await world.pass_time(1)
    viewer.check()
    viewer.report()
    assert attentions() == 0
    viewer.feed_back(206, 1, struct.pack(">II", 1, viewer.place.primary))
    assert attentions() == 1
    viewer.check(source=("192.0.2.10", 5001))
    assert attentions() == 1
