"""One viewer: its addresses, its consent and its reports."""

import pytest

from mux.sessions.viewer import CONSENT_S, End
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World


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
    assert world.transport.sent[-1][1] == elsewhere


async def test_a_viewer_gone_without_a_word_is_dropped_when_its_consent_runs_out() -> None:
    world = World()
    world.watch()
    await world.pass_time(CONSENT_S - 1)
    assert world.registry.viewer_count == 1
    await world.pass_time(1.5)
    assert world.registry.viewer_count == 0
    assert world.ended == [End.SILENT]


async def test_checks_keep_a_viewer() -> None:
    world = World()
    viewer = world.watch()
    for _ in range(4):
        await world.pass_time(CONSENT_S / 2)
        viewer.check()
    assert world.registry.viewer_count == 1


async def test_who_never_connects_is_dropped_and_counted_as_a_failed_handshake() -> None:
    world = World()
    world.admit()
    await world.pass_time(CONSENT_S + 0.5)
    assert world.registry.viewer_count == 0
    assert world.counts.handshake_failures == 1


def test_a_close_notify_ends_a_viewer() -> None:
    world = World()
    world.watch().leave()
    assert world.ended == [End.LEFT]


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
