"""One round for all who watch cameras by time."""

import asyncio

from ingest.rounds import Rounds
from shared.clock import SimulatedClock


class _Watcher:
    def __init__(self, clock: SimulatedClock, every_s: float | None) -> None:
        self._clock, self.every_s = clock, every_s
        self.at_s: list[float] = []
        self.late_ns: list[int] = []
        self.failed: list[Exception] = []

    def look(self, now_ns: int, late_ns: int) -> float | None:
        self.at_s.append(round(now_ns / 1e9, 3))
        self.late_ns.append(late_ns)
        return self.every_s


async def test_each_is_called_as_often_as_it_says() -> None:
    clock = SimulatedClock()
    rounds, often, seldom = Rounds(clock), _Watcher(clock, 0.25), _Watcher(clock, 1.0)
    rounds.watch(seldom.look, seldom.failed.append, 1.0)
    rounds.watch(often.look, often.failed.append, 0.25)
    await clock.advance(2.1)
    assert often.at_s == [0.25 * turn for turn in range(1, 9)]
    assert seldom.at_s == [1.0, 2.0]
    assert set(often.late_ns) == {0}


async def test_who_is_due_sooner_than_the_others_is_called_in_time() -> None:
    clock = SimulatedClock()
    rounds, first, second = Rounds(clock), _Watcher(clock, 10.0), _Watcher(clock, 0.5)
    rounds.watch(first.look, first.failed.append, 10.0)
    await clock.advance(1.0)
    rounds.watch(second.look, second.failed.append, 0.5)
    await clock.advance(1.1)
    assert second.at_s == [1.5, 2.0]


async def test_who_has_ended_or_says_never_is_called_no_more() -> None:
    clock = SimulatedClock()
    rounds, ended, once = Rounds(clock), _Watcher(clock, 0.5), _Watcher(clock, None)
    watch = rounds.watch(ended.look, ended.failed.append, 0.5)
    rounds.watch(once.look, once.failed.append, 0.5)
    await clock.advance(0.6)
    watch.end()
    await clock.advance(2.0)
    assert (ended.at_s, once.at_s) == ([0.5], [0.5])
    later = _Watcher(clock, 1.0)
    rounds.watch(later.look, later.failed.append, 1.0)
    await clock.advance(1.1)
    assert len(later.at_s) == 1


async def test_a_look_that_fails_is_told_and_the_others_go_on() -> None:
    clock = SimulatedClock()
    rounds, sound, failed = Rounds(clock), _Watcher(clock, 0.5), list[Exception]()

    def look(_now_ns: int, _late_ns: int) -> float | None:
        raise RuntimeError("a fault with this camera")

    rounds.watch(look, failed.append, 0.5)
    rounds.watch(sound.look, sound.failed.append, 0.5)
    await clock.advance(1.1)
    assert [str(error) for error in failed] == ["a fault with this camera"]
    assert sound.at_s == [0.5, 1.0]


async def test_who_is_called_late_is_told_how_late() -> None:
    clock = SimulatedClock()
    rounds, watcher = Rounds(clock), _Watcher(clock, None)
    rounds.watch(watcher.look, watcher.failed.append, 0.5)
    await asyncio.sleep(0)
    clock._now_ns = 3_000_000_000
    await clock.advance(0)
    assert watcher.late_ns == [2_500_000_000]


async def test_the_calm_are_called_together_and_whoever_is_in_a_hurry_never_too_early() -> None:
    clock = SimulatedClock()
    rounds = Rounds(clock)
    calm = [_Watcher(clock, None) for _ in range(20)]
    hasty = _Watcher(clock, None)
    began_s = clock.monotonic_ns() / 1e9
    for number, watcher in enumerate(calm):
        rounds.watch(watcher.look, watcher.failed.append, 1.0 + number / 100)
    rounds.watch(hasty.look, hasty.failed.append, 0.31)
    await clock.advance(2.0)
    assert {at_s - began_s for watcher in calm for at_s in watcher.at_s} == {1.0}
    assert [round(at_s - began_s, 3) for at_s in hasty.at_s] == [0.35]
