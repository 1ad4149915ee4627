"""What a browser gets in the seconds when the tiles of a wall go from one stream to another, to 4 ms."""

from dataclasses import replace
from itertools import pairwise

import pytest

from mux.fanout.token_bucket import CAREFUL, NEAR, Pace
from mux.streams.camera import Camera
from mux.whep.walls import Wish
from shared.ids import StreamId, StreamKind
from tests.unit.mux.fakes import timestamp, unit
from tests.unit.mux.worlds import World

STEP_S = 0.004
TILES = 4
CAMERAS = [f"59350/cam-{number}" for number in range(TILES)]
MAIN_MS, SUB_MS = 40, 80
SMALL, LARGE = (320, 180), (1280, 720)


class Street:
    """Cameras with a main and a sub stream, and a wall that begins to watch them at the time 0; `passed` are
    the main pictures of before."""

    def __init__(self, pace: Pace, *, passed: int, size: tuple[int, int] = SMALL) -> None:
        self.world = World()
        self.at_ms = 0
        self.seen: dict[str, list[tuple[int, int]]] = {str(number): [] for number in range(TILES)}
        self._read = dict.fromkeys(self.seen, 0)
        self._numbers: dict[StreamId, int] = {}
        self._from_ms: dict[StreamKind, int] = {}
        self.world.admit_wall(*CAMERAS, source=("192.0.2.8", 5000))
        for _ in range(passed):
            self._all_give(StreamKind.MAIN)
        self._from_ms[StreamKind.MAIN] = MAIN_MS
        self.wall = self.world.admit_wall(*CAMERAS)
        viewer = self.world.viewer(self.wall.id)
        self.wall.check()
        self.resize(size)
        viewer.adaptation.bucket.pace = pace
        self.wall.shake_hands()
        viewer.adaptation.bucket.pace = pace

    def resize(self, size: tuple[int, int]) -> None:
        self.world.walls.arrange(self.wall.id, None, [Wish(mid, size=size) for mid in self.seen])

    def sub_comes(self) -> None:
        """The sub streams of all cameras begin, with a key picture."""
        self._from_ms[StreamKind.SUB] = self.at_ms

    async def go_on(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            for kind, every_ms in ((StreamKind.MAIN, MAIN_MS), (StreamKind.SUB, SUB_MS)):
                from_ms = self._from_ms.get(kind)
                if from_ms is not None and self.at_ms >= from_ms and (self.at_ms - from_ms) % every_ms == 0:
                    self._all_give(kind)
            due, self.world.timers.waiting = self.world.timers.waiting, []
            for call in due:
                call()
            self._look()
            await self.world.clock.advance(STEP_S)
            self.at_ms += round(STEP_S * 1000)

    def _all_give(self, kind: StreamKind) -> None:
        for camera in CAMERAS:
            stream = Camera.at(camera).stream(kind)
            if stream not in self.world.tap.sinks:
                continue
            number = self._numbers.get(stream, 0)
            self._numbers[stream] = number + 1
            key, is_main = number % 100 == 0, kind is StreamKind.MAIN
            size = (30_000 if key else 8000) if is_main else (6000 if key else 1500)
            made = unit(number, key=key, size=size, stream=stream)
            self.world.tap.give(
                replace(made, pts90=number * (MAIN_MS if is_main else SUB_MS) * 90), stream=stream
            )

    def _look(self) -> None:
        for mid, seen in self.seen.items():
            packets = self.wall.packets(mid)
            for packet in packets[self._read[mid] :]:
                if not seen or seen[-1][1] != timestamp(packet):
                    seen.append((self.at_ms, timestamp(packet)))
            self._read[mid] = len(packets)

    def is_all(self, kind: StreamKind) -> bool:
        tiles = self.world.viewer(self.wall.id).tiles
        return all(tile.stream is not None and tile.stream.kind is kind for tile in tiles.values())

    def longest_gap_ms(self) -> int:
        return max(to - at for seen in self.seen.values() for (at, _), (to, _) in pairwise(seen))

    def assert_smooth(self) -> None:
        """No time goes back, and none runs more than two pictures ahead of the time that really passed."""
        for seen in self.seen.values():
            for (at_ms, before), (to_ms, after) in pairwise(seen):
                step90 = (after - before) & 0xFFFFFFFF
                assert 0 < step90 <= (to_ms - at_ms + MAIN_MS + SUB_MS) * 90


@pytest.mark.parametrize("pace", [NEAR, CAREFUL], ids=["near", "careful"])
@pytest.mark.parametrize("wait_s", [0.2, 1.0])
async def test_from_main_to_sub_times_run_no_further_than_the_time_that_passed(
    pace: Pace, wait_s: float
) -> None:
    street = Street(pace, passed=60)
    await street.go_on(wait_s)
    assert street.is_all(StreamKind.MAIN)
    street.sub_comes()
    await street.go_on(0.6)
    assert street.is_all(StreamKind.SUB)
    street.assert_smooth()


@pytest.mark.parametrize("pace", [NEAR, CAREFUL], ids=["near", "careful"])
async def test_from_sub_to_main_and_back_times_run_no_further_than_the_time_that_passed(pace: Pace) -> None:
    street = Street(pace, passed=30)
    street.sub_comes()
    await street.go_on(0.5)
    street.resize(LARGE)
    await street.go_on(0.3)
    assert street.is_all(StreamKind.MAIN)
    street.resize(SMALL)
    await street.go_on(0.5)
    assert street.is_all(StreamKind.SUB)
    street.assert_smooth()


async def test_tiles_that_start_keep_no_other_waiting() -> None:
    street = Street(NEAR, passed=60, size=LARGE)
    await street.go_on(0.8)
    assert max(seen[0][0] for seen in street.seen.values()) <= 40
    assert street.longest_gap_ms() <= 2 * MAIN_MS
