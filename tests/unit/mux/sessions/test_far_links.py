"""What becomes of viewers behind bad, small, silent and changing links, in simulated time."""

import gc
import weakref
from dataclasses import replace
from itertools import pairwise

from mux.fanout.history import KEPT_PACKETS
from mux.sessions.viewer import End
from shared.ids import StreamKind
from shared.units import AccessUnit
from tests.support.far_browser import FarBrowser
from tests.support.relay import Link
from tests.unit.mux.fakes import STREAM, unit
from tests.unit.mux.far import FarWorld, frozen_ms, lossy

SUB = replace(STREAM, kind=StreamKind.SUB)
GOOD = Link(delay_ms=20)
PICTURE90 = 3600


def played(key_bytes: int, other_bytes: int, *, group: int = 25, sub: bool = False) -> list[AccessUnit]:
    stream = SUB if sub else STREAM
    return [
        unit(
            number, key=number % group == 0, size=other_bytes if number % group else key_bytes, stream=stream
        )
        for number in range(50)
    ]


ORDINARY = played(30_000, 8000)


def watching(far: FarWorld, up: Link, down: Link) -> FarBrowser:
    browser = far.come(up, down)
    assert far.events.run_for(10, lambda: bool(browser.seen.pictures))
    return browser


def steps90(browser: FarBrowser, since: int = 0) -> list[int]:
    times = [one.timestamp for one in browser.seen.pictures[since:]]
    return [(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(times)]


def shows(far: FarWorld, browser: FarBrowser) -> StreamKind | None:
    viewer = far.viewer_of(browser)
    assert viewer is not None
    stream = viewer.tiles["0"].stream
    return None if stream is None else stream.kind


def test_a_minute_where_two_percent_are_lost_freezes_for_less_than_a_second() -> None:
    far = FarWorld(ORDINARY)
    browser = watching(far, *lossy(0.02))
    far.events.run_for(10)
    before = len(browser.seen.pictures)
    far.events.run_for(60)
    pictures = browser.seen.pictures[before:]
    assert len(pictures) > 59 * 25
    assert frozen_ms(pictures) < 1000
    assert browser.seen.given_up == 0


def test_nothing_grows_in_a_minute_where_one_in_twenty_is_lost() -> None:
    far = FarWorld(ORDINARY)
    browser = watching(far, *lossy(0.05))
    viewer = far.viewer_of(browser)
    assert viewer is not None
    sender = viewer.tiles["0"].sender
    assert sender is not None
    objects: list[int] = []
    for _ in range(6):
        queued = 0.0
        for _ in range(10):
            far.events.run_for(1)
            queued = max(queued, sender.queued_packets, viewer.adaptation.bucket.queued)
        assert queued < KEPT_PACKETS
        browser.seen.pictures.clear()
        gc.collect()
        objects.append(len(gc.get_objects()))
    assert far.world.counts.repaired > 300
    # The history is full after some seconds; from then on nothing is kept that was not let go.
    assert max(objects[2:]) - min(objects[2:]) < 1500


def test_a_viewer_behind_a_link_that_falls_silent_is_let_go_with_all_it_held() -> None:
    far = FarWorld(ORDINARY)
    browser = watching(far, GOOD, GOOD)
    viewer = far.viewer_of(browser)
    assert viewer is not None
    held: list[weakref.ref[object]] = [
        weakref.ref(viewer),
        weakref.ref(viewer.adaptation),
        weakref.ref(viewer.tiles["0"].sender),
    ]
    del viewer
    dead = Link(loss=1.0)
    far.change(browser, up=dead, down=dead)
    far.events.run_for(31)
    assert far.world.ended == [End.SILENT]
    assert far.viewer_of(browser) is None
    far.leave(browser)
    gc.collect()
    assert [one() for one in held] == [None, None, None]


def test_pictures_go_on_within_a_second_of_an_ice_restart_at_another_address() -> None:
    far = FarWorld(ORDINARY)
    browser = watching(far, *lossy(0.02))
    far.events.run_for(3)
    far.move(browser)
    restarted = far.restart_ice(browser)
    moved_ns, count = far.events.now_ns(), len(browser.seen.pictures)
    assert far.events.run_for(1, lambda: len(browser.seen.pictures) > count)
    assert browser.seen.pictures[count].at_ns - moved_ns < 1_000_000_000
    far.events.run_for(5)
    assert len(far.world.registry.roster) == 1
    viewer = far.viewer_of(browser)
    assert viewer is not None
    assert viewer.credentials == restarted


def test_going_down_to_the_sub_stream_and_up_again_costs_no_picture_and_no_freeze() -> None:
    far = FarWorld(played(40_000, 9000), played(6000, 1500, sub=True))
    browser = far.come_to_wall(GOOD, GOOD)
    far.events.run_for(5)
    assert shows(far, browser) is StreamKind.MAIN
    far.change(browser, down=replace(GOOD, rate_bps=1_200_000, queue_bytes=64_000))
    assert far.events.run_for(20, lambda: shows(far, browser) is StreamKind.SUB)
    switched = len(browser.seen.pictures)
    far.events.run_for(3)
    assert len(browser.seen.pictures) - switched > 2 * 25
    assert max(steps90(browser, switched)) <= 2 * PICTURE90
    assert frozen_ms(browser.seen.pictures[switched:]) == 0
    far.change(browser, down=GOOD)
    far.events.run_for(2)
    settled = len(browser.seen.pictures)
    assert far.events.run_for(60, lambda: shows(far, browser) is StreamKind.MAIN)
    far.events.run_for(2)
    assert max(steps90(browser, settled)) <= 2 * PICTURE90
    assert frozen_ms(browser.seen.pictures[settled:]) == 0


def test_a_slow_viewer_takes_nothing_from_the_others() -> None:
    def seen(slow: bool) -> tuple[list[tuple[int, int]], int]:
        far = FarWorld(ORDINARY)
        browser = watching(far, GOOD, GOOD)
        far.events.run_for(3)
        count = len(browser.seen.pictures)
        if slow:
            other = far.come(GOOD, replace(GOOD, rate_bps=300_000, queue_bytes=32_000))
        far.events.run_for(20)
        pictures = browser.seen.pictures[count:]
        if slow:
            assert len(other.seen.pictures) < len(pictures) / 2
        return [(one.at_ns, one.packets) for one in pictures], far.world.counts.send_errors

    assert seen(slow=True) == seen(slow=False)
