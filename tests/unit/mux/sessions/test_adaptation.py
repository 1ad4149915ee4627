"""What follows from a viewer's reports: its delay, its pace, and the streams of its tiles."""

import struct

from mux.fanout.token_bucket import CAREFUL, NEAR
from mux.observe.viewer_statistics import statistics_of
from mux.sessions.adaptation import PlayoutBounds
from mux.sessions.tile import Tile
from shared.ids import StreamId, StreamKind
from shared.messages.live import Stale
from tests.unit.mux.fakes import unit
from tests.unit.mux.worlds import World

ONE, TWO = "59350/cam-1", "59350/cam-2"
LAN, BAD = (0.0, 2.0), (0.02, 40.0)


class Watched:
    """A wall, or one stream where no camera is named, whose viewer reports on every tile once a second."""

    def __init__(self, *cameras: str) -> None:
        self.world = World()
        self.visitor = self.world.watch_wall(*cameras) if cameras else self.world.watch()
        sources = {mid: source.primary for mid, source in self.visitor.sources.items()}
        self.sources = sources or {"0": self.visitor.place.primary}
        self.number = 0
        self.lost = dict.fromkeys(self.sources, 0.0)
        self.sent = dict.fromkeys(self.sources, 0)

    def tile(self, mid: str = "0") -> Tile:
        return self.world.viewer(self.visitor.id).tiles[mid]

    async def seconds(self, count: int, loss: float, jitter_ms: float) -> None:
        """The cameras' pictures go out, main of 2 Mb/s and sub of 0.2, and the reports say this of them."""
        for _ in range(count):
            for _ in range(10):
                for stream in list(self.world.tap.sinks):
                    size = 25_000 if stream.kind is StreamKind.MAIN else 2500
                    key = self.number % 10 == 0
                    self.world.tap.give(unit(self.number, key=key, size=size, stream=stream), stream=stream)
                self.number += 1
                await self.tenth()
            for mid in self.sources:
                if self.tile(mid).camera is not None:
                    self.report(mid, loss, jitter_ms)

    async def tenth(self) -> None:
        """A tenth of a second passes, in which what waits is let out a few times."""
        await self.world.clock.advance(0.1)
        self.visitor.check()
        self.world.registry.tick()
        self.world.registry.watch_over()
        for _ in range(4):
            self.world.timers.run()

    def report(self, mid: str, loss: float, jitter_ms: float) -> None:
        sender = self.tile(mid).sender
        assert sender is not None
        self.lost[mid] += loss * (sender.packets - self.sent[mid])
        self.sent[mid] = sender.packets
        lost, jitter90 = int(loss * 256) << 24 | int(self.lost[mid]), int(jitter_ms * 90)
        block = struct.pack(">IIIIII", self.sources[mid], lost, 0, jitter90, 0, 0)
        self.visitor.feed_back(201, 1, struct.pack(">I", 1) + block)


async def test_a_good_link_is_held_back_by_nothing_and_a_bad_one_for_as_long_as_it_is_bad() -> None:
    watched = Watched(ONE, TWO)
    await watched.seconds(5, *LAN)
    assert watched.tile().delay == PlayoutBounds().of(0)
    await watched.seconds(4, *BAD)
    assert {watched.tile(mid).delay for mid in "01"} == {
        PlayoutBounds().of(watched.tile().delay.least_10ms * 10)
    }
    assert 10 <= watched.tile().delay.least_10ms <= watched.tile().delay.most_10ms == 50
    await watched.seconds(36, *LAN)
    assert (watched.tile().delay.least_10ms, watched.tile().delay.most_10ms) == (0, 0)
    assert watched.world.counts.delay_changes in (2, 3)


def test_the_settings_bound_the_delay() -> None:
    assert PlayoutBounds(50, 300).of(0).least_10ms == 5
    assert PlayoutBounds(50, 300).of(500).least_10ms == 30
    assert PlayoutBounds(0, 0).of(500).most_10ms == 0


async def test_a_link_that_is_too_small_brings_a_tile_down_at_a_key_picture_and_up_again_later() -> None:
    watched = Watched(ONE)
    await watched.seconds(3, *LAN)
    assert watched.tile().stream == StreamId("59350", "cam-1")
    await watched.seconds(3, 0.5, 2.0)
    assert watched.tile().stream == StreamId("59350", "cam-1", StreamKind.SUB)
    await watched.seconds(30, *LAN)
    assert watched.tile().stream == StreamId("59350", "cam-1")
    assert (watched.world.counts.switched_down, watched.world.counts.switched_up) == (1, 1)


async def test_where_one_of_two_has_to_go_down_it_is_the_smaller_tile() -> None:
    watched = Watched(ONE, TWO)
    watched.tile("0").resize(1920, 1080)
    watched.tile("1").resize(960, 540)
    await watched.seconds(3, *LAN)
    await watched.seconds(2, 0.3, 2.0)
    assert (watched.tile("0").most, watched.tile("1").most) == (StreamKind.MAIN, StreamKind.SUB)


async def test_a_viewer_of_one_stream_is_paced_to_its_link_and_told_why_its_picture_jumps() -> None:
    watched = Watched()
    world = watched.world
    await watched.seconds(3, *LAN)
    await watched.seconds(5, 0.7, 2.0)
    viewer = world.viewer(watched.visitor.id)
    assert viewer.adaptation.bucket.pace.bits_per_s < 1_000_000
    assert world.counts.jumps > 0
    told = statistics_of(viewer, world.clock.monotonic_ns(), loop_late=False).tiles[0]
    assert told.stale is Stale.LINK


async def test_a_near_viewer_is_sent_to_faster_until_it_loses_something() -> None:
    watched = Watched(ONE)
    bucket = watched.world.viewer(watched.visitor.id).adaptation.bucket
    assert bucket.pace == NEAR
    await watched.seconds(3, 0.03, 2.0)
    assert bucket.pace == CAREFUL


async def test_a_viewer_in_step_leaves_its_lockstep_group_before_it_has_another_pace() -> None:
    watched = Watched()
    bucket = watched.world.viewer(watched.visitor.id).adaptation.bucket
    shared = set()
    for loss in (0.0, 0.0, 0.03, 0.03, 0.03):
        await watched.seconds(1, loss, 2.0)
        sender = watched.tile().sender
        assert sender is not None
        if sender.membership is not None:
            assert sender.membership.progress.bucket.pace == bucket.pace
            shared.add(bucket.pace)
    assert shared == {NEAR, CAREFUL}


async def test_trouble_after_a_long_calm_is_answered_as_fast_as_at_once() -> None:
    early, late = Watched(ONE), Watched(ONE)
    await early.seconds(3, *LAN)
    await late.seconds(33, *LAN)
    for watched in (early, late):
        await watched.seconds(3, *BAD)
    assert late.tile().delay == early.tile().delay != PlayoutBounds().of(0)


async def test_ruinous_loss_after_a_long_calm_is_a_link_too_small_within_three_reports() -> None:
    watched = Watched(ONE)
    await watched.seconds(33, *LAN)
    assert watched.world.viewer(watched.visitor.id).adaptation.capacity_bps is None
    await watched.seconds(3, 0.5, 2.0)
    assert watched.world.viewer(watched.visitor.id).adaptation.capacity_bps is not None
