"""Viewers from admission to their end."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.sessions.viewer import CONSENT_S, End
from shared.errors import NotFound, TicketRefused, Unavailable, Unsupported
from shared.ids import StreamId
from shared.tap import Gap
from shared.units import Codec
from tests.unit.mux.fakes import STREAM, unit
from tests.unit.mux.hubs import World

OTHER = StreamId("59350", "cam-2")


def test_a_viewer_gets_the_pictures_of_its_stream() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    # The parameter sets twice, then the two slices.
    assert len(viewer.media()) == 4


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
    kinds = ["dtls" if datagram[0] < 64 else "srtp" for datagram in world.wire.datagrams]
    assert kinds == sorted(kinds)
    assert "srtp" in kinds


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
    assert world.hub.viewer_count == 3
    with pytest.raises(NotFound):
        world.hub.leave(first.id)


def test_a_check_with_a_wrong_password_is_not_answered_and_counted() -> None:
    world = World()
    viewer = world.admit()
    assert not viewer.check(password="a-guess")
    assert world.counts.bad_datagrams == 1


def test_a_check_of_nobody_we_know_is_not_answered_and_counted() -> None:
    world = World()
    viewer = world.admit()
    world.hub.leave(viewer.id)
    assert not viewer.check()
    assert world.counts.bad_datagrams == 1


def test_dtls_from_an_address_without_a_proven_check_is_not_answered() -> None:
    world = World()
    world.admit().shake_hands()
    assert world.wire.sent == []


def test_media_moves_with_a_proven_nominating_check_only() -> None:
    world = World()
    viewer = world.watch()
    elsewhere = ("192.0.2.77", 6000)
    viewer.check(source=elsewhere, password="a-guess")
    viewer.check(source=elsewhere, nominate=False)
    world.tap.give(unit(0, key=True))
    assert len(viewer.media()) == 3
    viewer.check(source=elsewhere)
    world.tap.give(unit(1))
    assert world.wire.sent[-1][1] == elsewhere


async def test_a_viewer_gone_without_a_word_is_dropped_when_its_consent_runs_out() -> None:
    world = World()
    world.watch()
    await world.pass_time(CONSENT_S - 1)
    assert world.hub.viewer_count == 1
    await world.pass_time(1.5)
    assert world.hub.viewer_count == 0
    assert world.ended == [End.SILENT]


async def test_checks_keep_a_viewer() -> None:
    world = World()
    viewer = world.watch()
    for _ in range(4):
        await world.pass_time(CONSENT_S / 2)
        viewer.check()
    assert world.hub.viewer_count == 1


async def test_who_never_connects_is_dropped_and_counted_as_a_failed_handshake() -> None:
    world = World()
    world.admit()
    await world.pass_time(CONSENT_S + 0.5)
    assert world.hub.viewer_count == 0
    assert world.counts.handshake_failures == 1


def test_a_close_notify_ends_a_viewer() -> None:
    world = World()
    world.watch().leave()
    assert world.ended == [End.LEFT]


def test_leaving_twice_is_told() -> None:
    world = World()
    viewer = world.watch()
    world.hub.leave(viewer.id)
    with pytest.raises(NotFound):
        world.hub.leave(viewer.id)


def test_after_its_end_a_viewer_gets_nothing() -> None:
    world = World()
    viewer = world.watch()
    world.hub.leave(viewer.id)
    sent = len(world.wire.sent)
    world.tap.give(unit(0, key=True))
    assert len(world.wire.sent) == sent


def test_a_revoked_session_loses_its_viewers_and_no_others() -> None:
    world = World()
    world.watch(session="one")
    world.admit(session="one", source=("192.0.2.9", 5001))
    world.admit(session="two", source=("192.0.2.9", 5002))
    world.lessor.ended_sessions.add("one")
    world.confirm()
    assert (world.hub.viewer_count, world.ended) == (1, [End.REVOKED, End.REVOKED])


async def test_a_ticket_kept_from_a_revoked_session_lets_nobody_in_again() -> None:
    world = World()
    world.lessor.ended_sessions.add("one")
    await world.clock.advance(1)
    with pytest.raises(TicketRefused, match=r"session .* has ended"):
        world.admit(session="one")
    world.admit(session="two", source=("192.0.2.9", 5002))
    assert world.hub.viewer_count == 1


def test_a_removed_stream_loses_its_viewers_and_no_others() -> None:
    world = World()
    world.admit()
    world.admit(stream=OTHER)
    world.lessor.ended_cameras.add(STREAM.camera_path)
    world.confirm()
    assert (world.hub.viewer_count, world.ended) == (1, [End.REVOKED])


def test_a_stream_that_is_not_h264_ends_its_viewers_and_the_next_is_told_why() -> None:
    world = World()
    world.watch()
    world.tap.give(unit(0, key=True, codec=Codec.H265))
    assert world.ended == [End.UNSUPPORTED]
    with pytest.raises(Unsupported, match="h265"):
        world.admit()


async def test_a_key_frame_request_is_answered_from_the_recent_pictures() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    await world.clock.advance(1)
    before = len(viewer.media())
    viewer.feed_back(206, 1, struct.pack(">II", 1, viewer.place.primary))
    assert len(viewer.media()) - before == 4
    assert world.counts.replays == 1


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


async def test_reports_come_three_times_in_three_seconds_and_then_every_five() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True))
    counts = []
    for seconds in (3, 5, 5):
        await world.pass_time(seconds)
        counts.append(len(viewer.reports()))
    assert counts == [3, 4, 5]


async def test_a_silent_camera_s_old_pictures_are_not_sent_again_as_if_they_were_live() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True), unit(1))
    before = len(viewer.media())
    await world.clock.advance(2.0)
    viewer.feed_back(206, 1, struct.pack(">II", 1, viewer.place.primary))
    assert len(viewer.media()) == before


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


async def test_a_stream_is_left_ten_seconds_after_its_last_viewer() -> None:
    world = World()
    first, second = world.admit(), world.admit()
    world.hub.leave(first.id)
    await world.pass_time(11)
    assert STREAM in world.tap.sinks
    world.hub.leave(second.id)
    await world.pass_time(9)
    assert STREAM in world.tap.sinks
    await world.pass_time(1.5)
    assert world.tap.sinks == {}


async def test_a_viewer_who_comes_back_in_time_keeps_the_stream() -> None:
    world = World()
    world.hub.leave(world.admit().id)
    await world.pass_time(9)
    world.admit()
    await world.pass_time(5)
    assert STREAM in world.tap.sinks


def test_stopping_says_goodbye_to_all() -> None:
    world = World()
    world.watch()
    sent = len(world.wire.sent)
    world.hub.stop()
    assert len(world.wire.sent) == sent + 1
    assert world.ended == [End.STOPPED]


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_no_datagram_of_a_stranger_raises_or_is_answered(noise: list[bytes]) -> None:
    world = World()
    for datagram in noise:
        world.hub.received(datagram, ("203.0.113.5", 1))
    assert world.wire.sent == []


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=6))
def test_no_datagram_of_a_viewer_raises(noise: list[bytes]) -> None:
    world = World()
    viewer = world.watch()
    for datagram in noise:
        world.hub.received(datagram, viewer.source)
        world.hub.received(bytes([0x80, 201]) + datagram, viewer.source)


async def test_admission_handshake_and_repairs_are_attended_to_and_calm_reports_and_checks_are_not() -> None:
    world = World()
    attended = [world.wire.attended]

    def attentions() -> int:
        attended.append(world.wire.attended)
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


async def test_the_time_a_report_waited_here_is_no_part_of_the_round_trip() -> None:
    world = World()
    viewer = world.watch()
    world.tap.give(unit(0, key=True))
    await world.pass_time(1)
    reception = next(iter(world.viewer(viewer.id).tiles.values())).reception
    last = reception._sent[-1][0]
    await world.clock.advance(0.1)
    viewer.report(last, waited_ns=30_000_000)
    assert reception.rtt_ms is not None
    before = reception.rtt_ms
    viewer.report(last)
    assert reception.rtt_ms == pytest.approx(before + 30)
