"""When a spare child is there, and when none is."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from mux.counts import Counts
from mux.streams.transcoder.spare import REST_S, Spare
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SimulatedClock
from shared.errors import Unavailable
from shared.transcoding.framing import Ready
from tests.support.pictures import STREAM
from tests.unit.mux.streams.transcoder.children import UNITS, FakeChild


class Lasting(FakeChild):
    """A child that lives until it is killed."""

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self._over = asyncio.Event()

    def kill(self) -> None:
        super().kill()
        self._over.set()

    async def ended(self) -> str:
        await self._over.wait()
        return "signal 9"


class Rig:
    """A spare whose children the test sees."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.children: list[Lasting] = []
        self.startable = True
        self.spare = Spare(self._spawn, self.clock)

    async def _spawn(self) -> Lasting:
        if not self.startable:
            raise Unavailable("a transcoder cannot be started: no memory")
        self.children.append(Lasting(100 + len(self.children)))
        return self.children[-1]

    @property
    def living(self) -> list[int]:
        return [child.pid for child in self.children if not child.killed]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    await made.spare.close()
    assert made.spare.pid is None


async def test_none_is_kept_before_a_stream_needs_one(rig: Rig) -> None:
    await rig.clock.advance(60)
    assert rig.children == []


async def test_the_first_is_taken_cold_and_the_second_waits_already(rig: Rig) -> None:
    first = await rig.spare.take()
    await rig.clock.advance(REST_S + 0.1)
    assert (first.pid, rig.spare.pid) == (100, 101)
    second = await rig.spare.take()
    assert (second.pid, rig.spare.pid) == (101, None)
    await rig.clock.advance(REST_S + 0.1)
    assert rig.spare.pid == 102


async def test_a_stream_that_is_seen_is_reason_enough(rig: Rig) -> None:
    rig.spare.keep()
    rig.spare.keep()
    await rig.clock.advance(60)
    assert rig.living == [100]


async def test_it_is_not_started_beside_children_that_have_just_begun(rig: Rig) -> None:
    for _ in range(5):
        await rig.spare.take()
        await rig.clock.advance(REST_S - 0.5)
    assert len(rig.children) == 5
    await rig.clock.advance(REST_S)
    assert len(rig.children) == 6


async def test_one_that_dies_waiting_is_replaced_but_not_at_once(rig: Rig) -> None:
    rig.spare.keep()
    await rig.clock.advance(REST_S + 0.1)
    rig.children[0].kill()
    await rig.clock.advance(REST_S + 0.1)
    assert (rig.spare.pid, rig.living) == (None, [])
    await rig.clock.advance(60)
    assert rig.spare.pid == 101


async def test_where_none_can_be_started_who_takes_one_is_told(rig: Rig) -> None:
    rig.startable = False
    rig.spare.keep()
    await rig.clock.advance(60)
    with pytest.raises(Unavailable, match="no memory"):
        await rig.spare.take()
    rig.startable = True
    await rig.clock.advance(60)
    assert rig.living == [100]


async def test_it_ends_with_its_owner_and_none_comes_after(rig: Rig) -> None:
    rig.spare.keep()
    await rig.clock.advance(REST_S + 0.1)
    await rig.spare.close()
    rig.spare.keep()
    await rig.clock.advance(60)
    assert (len(rig.children), rig.living) == (1, [])


async def test_a_stream_begins_at_once_with_a_child_that_has_waited(rig: Rig) -> None:
    rig.spare.keep()
    await rig.clock.advance(REST_S + 0.1)
    rig.children[0].said.put_nowait(Ready())
    transcoders = Transcoders(1, rig.spare.take, rig.clock, Counts(), Random(1))
    transcoders.open(STREAM, lambda _: None).take(UNITS[0])
    await rig.clock.advance(0)
    assert rig.children[0].units == [UNITS[0]]
    await transcoders.close()
